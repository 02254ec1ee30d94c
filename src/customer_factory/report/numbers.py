"""How numbers and dates are written: British style, sensible rounding, "–" for what is not known."""

from __future__ import annotations

from datetime import date, datetime
from math import isfinite
from typing import Any, TypeGuard

UNKNOWN = "–"
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹"}


def known(value: Any) -> TypeGuard[float]:
    """Whether the value is a finite number."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value)


def count(value: float | None) -> str:
    """A number of people or events.

    >>> count(12345), count(None)
    ('12,345', '–')
    """
    return _plain(value, 0) if known(value) else UNKNOWN


def level(value: float | None) -> str:
    """A mean of counts, such as throughput: three figures.

    >>> level(34.92), level(7), level(1234.5), level(0.04), level(None)
    ('34.9', '7', '1,234', '0.04', '–')
    """
    if not known(value):
        return UNKNOWN
    size = abs(value)
    return _trim(_plain(value, 0 if size >= 100 else 1 if size >= 1 else 2))


def rate(value: float | None, low: float | None = None, high: float | None = None) -> str:
    """A share in per cent, as finely as its interval allows.

    >>> rate(0.2658), rate(0.2658, 0.2657, 0.2659), rate(0.034), rate(0.00042), rate(1), rate(None)
    ('27%', '26.6%', '3.4%', '0.04%', '100%', '–')
    """
    if not known(value):
        return UNKNOWN
    return f"{_plain(100 * value, _places(value, low, high))}%"


def rates(low: float | None, high: float | None) -> str:
    """An interval of shares.

    >>> rates(0.2507, 0.2814), rates(0.02, 0.104), rates(None, 0.5)
    ('25–28%', '2–10%', '–')
    >>> rates(0.13978, 0.14047), rates(0.0, 0.0)
    ('13.98–14.05%', '0.00–0.00%')
    """
    if not known(low) or not known(high):
        return UNKNOWN
    width = high - low
    places = 0 if width >= 0.02 else 1 if width >= 0.002 else 2
    return f"{_plain(100 * low, places)}–{_plain(100 * high, places)}%"


def ratio(value: float | None) -> str:
    """A ratio, such as LTV to CAC, or K.

    >>> ratio(4.0), ratio(0.766), ratio(0.141), ratio(31.2), ratio(None)
    ('4.0', '0.77', '0.14', '31', '–')
    """
    if not known(value):
        return UNKNOWN
    size = abs(value)
    return _plain(value, 0 if size >= 10 else 1 if size >= 1 else 2)


def levels(low: float | None, high: float | None) -> str:
    """An interval of means of counts.

    >>> levels(6.77, 63.1), levels(0, None)
    ('6.8–63.1', '–')
    """
    return f"{level(low)}–{level(high)}" if known(low) and known(high) else UNKNOWN


def chance(value: float | None) -> str:
    """A probability: never quite certain.

    >>> chance(0.962), chance(0.9999), chance(0.002), chance(0), chance(None)
    ('96%', 'over 99%', 'under 1%', 'under 1%', '–')
    """
    if not known(value):
        return UNKNOWN
    if value > 0.99:
        return "over 99%"
    return "under 1%" if value < 0.01 else f"{_plain(100 * value, 0)}%"


def money(value: float | None, currency: str | None = None) -> str:
    """An amount with its currency.

    >>> money(118.4, "EUR"), money(41230, "CHF"), money(-3, "USD"), money(None, "EUR")
    ('€118.40', 'CHF 41,230', '−$3.00', '–')
    """
    if not known(value):
        return UNKNOWN
    mark = _SYMBOLS.get(currency or "", f"{currency} " if currency else "")
    amount = _plain(abs(value), 2 if abs(value) < 1000 else 0)
    return f"{'−' if value < 0 else ''}{mark}{amount}"


def short(value: float | None, currency: str | None = None) -> str:
    """A number of people or an amount where room is short: in thousands or millions from 100,000 on.

    >>> short(3172), short(545844), short(3895052, "EUR"), short(1066.4, "EUR")
    ('3,172', '546k', '€3.9m', '€1,066')
    """
    if not known(value):
        return UNKNOWN
    for mark, size in (("m", 1e6), ("k", 1e3)):
        if abs(value) >= max(size, 1e5):
            places = 1 if abs(value) < 10 * size else 0
            whole, end = _plain(abs(value) / size, places), mark
            break
    else:
        whole, end = _plain(abs(value), 0), ""
    prefix = _SYMBOLS.get(currency or "", f"{currency} " if currency else "")
    return f"{'−' if value < 0 else ''}{prefix}{whole}{end}"


def days(value: float | None) -> str:
    """A length of time given in days.

    >>> days(3.08), days(14), days(1), days(0.2), days(0.01), days(None)
    ('3.1 days', '14 days', '1 day', '5 hours', '14 minutes', '–')
    """
    if not known(value):
        return UNKNOWN
    for unit, size in (("day", 1.0), ("hour", 1 / 24), ("minute", 1 / 1440)):
        if value >= size:
            number = _trim(_plain(value / size, 1 if unit == "day" and value < 10 else 0))
            return f"{number} {unit}{'' if number == '1' else 's'}"
    return "under a minute" if value > 0 else "0 days"


def few(value: float | None) -> str:
    """An estimated number of people: a decimal below ten, none above.

    >>> few(28.4), few(3.25), few(0.03), few(None)
    ('28', '3.2', '0', '–')
    """
    return _trim(_plain(value, 0 if abs(value) >= 9.95 else 1)) if known(value) else UNKNOWN


def more(value: float | None) -> str:
    """A gain with its sign.

    >>> more(188.2), more(-3.2), more(0.01), more(None)
    ('+188', '−3.2', '0', '–')
    """
    said = few(value)
    return f"+{said}" if known(value) and value > 0 and said != "0" else said


def day(moment: str | None, *, year: bool = True) -> str:
    """The date of an ISO moment, in words.

    >>> day("2025-07-03T09:30:00+02:00"), day("2025-07-03", year=False), day(None), day("soon")
    ('3 July 2025', '3 Jul', '–', 'soon')
    """
    if not moment:
        return UNKNOWN
    try:
        found = on(moment)
    except ValueError:
        return moment
    month = _MONTHS[found.month - 1]
    return f"{found.day} {month} {found.year}" if year else f"{found.day} {month[:3]}"


def batch(start: str | None, unit: str, *, year: bool = False) -> str:
    """The name of a batch: its month, or its first day, with the year where there are several.

    >>> batch("2025-06-01", "month"), batch("2025-06-02", "week"), batch("2025-06-02", "week", year=True)
    ('Jun 2025', '2 Jun', '2 Jun 25')
    """
    found = day(start, year=False)
    if not start or found == start:
        return found
    if unit == "month":
        return f"{found.split()[1]} {start[:4]}"
    return f"{found} {start[2:4]}" if year else found


def on(moment: str) -> date:
    """The local date of an ISO moment, as it was written."""
    return datetime.fromisoformat(moment).date()


def _places(value: float, low: float | None, high: float | None) -> int:
    size = abs(value)
    places = 0 if size >= 0.1 or size == 0 else 1 if size >= 0.01 else 2
    if low is not None and high is not None and 0 < high - low < 0.02 and size < 1:
        places = max(places, 1)
    return places


def _plain(value: float, places: int) -> str:
    text = f"{value:,.{places}f}"
    text = text.lstrip("-") if float(text.replace(",", "")) == 0 else text
    return text.replace("-", "−")


def _trim(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
