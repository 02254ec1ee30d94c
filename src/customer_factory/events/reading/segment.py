"""Segment's format: track, identify, page, screen, alias and group calls as rows of events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CALLS = frozenset({"track", "identify", "page", "screen", "alias", "group"})
_AMOUNTS = ("amount", "revenue", "total")


def is_segment(found: Mapping[str, Any]) -> bool:
    """Whether an object is one of Segment's calls.

    >>> is_segment({"type": "track", "userId": "ann", "event": "Signed Up"}), is_segment({"person": "ann"})
    (True, False)
    """
    return found.get("type") in CALLS and bool({"userId", "anonymousId", "messageId", "previousId"} & set(found))


def from_segment(call: Mapping[str, Any]) -> dict[str, Any]:
    """The row that a call stands for; ids that the call joins are left for identity to join.

    >>> row = from_segment({"type": "track", "event": "Paid", "userId": "ann", "anonymousId": "web-1",
    ...                     "timestamp": "2026-03-01T09:00:00Z", "properties": {"revenue": 12, "plan": "pro"}})
    >>> row["person"], row["event"], row["amount"], row["plan"], row["anonymous_id"]
    ('ann', 'Paid', 12, 'pro', 'web-1')
    """
    kind = call["type"]
    properties = {**(call.get("traits") or {}), **(call.get("properties") or {})}
    amount = next((properties[name] for name in _AMOUNTS if properties.get(name) is not None), None)
    row: dict[str, Any] = {
        **properties,
        "context": call.get("context") or {},
        "person": call.get("userId") or call.get("anonymousId"),
        "anonymous_id": call.get("anonymousId"),
        "previous_id": call.get("previousId"),
        "event": call.get("event") if kind == "track" else kind,
        "time": call.get("timestamp") or call.get("originalTimestamp") or call.get("receivedAt") or call.get("sentAt"),
        "event_id": call.get("messageId"),
    }
    if kind in {"page", "screen"} and call.get("name"):
        row["name"] = call["name"]
    if amount is not None and kind == "track":
        row["amount"] = amount
    return row
