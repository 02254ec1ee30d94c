"""Why a row is set aside: one code each, with the words that a user reads."""

from __future__ import annotations

REASONS: dict[str, str] = {
    "broken_line": "the line is not valid CSV or JSON, or has too few or too many columns",
    "line_too_long": "the line is longer than 16 MB",
    "missing_person": "the row names no person",
    "person_too_long": "the person's id is longer than 1,000 characters",
    "missing_event": "the row names no event",
    "missing_time": "the row has no time",
    "unreadable_time": "the time is not ISO 8601 (2026-03-01 or 2026-03-01T09:30:00Z) nor seconds since 1970; "
    "say time_format in the source for any other",
    "time_before_1970": "the time lies before 1970",
    "future_time": "the time lies more than a day in the future",
    "bad_amount": "the amount is not a finite number",
    "unknown_currency": "no rate is known for the currency: the event counts, its amount does not",
}
"""``unknown_currency`` sets aside an amount, every other code a whole row."""

LONGEST_PERSON = 1_000
