"""Segment's format: track, identify, page, screen, alias and group calls as rows of events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CALLS = ("track", "identify", "page", "screen", "alias", "group")
_IDS = frozenset({"userId", "anonymousId", "messageId", "previousId"})
_AMOUNTS = ("amount", "revenue", "total")


def is_segment(found: Mapping[str, Any]) -> bool:
    """Whether an object is one of Segment's calls.

    >>> is_segment({"type": "track", "userId": "ann", "event": "Signed Up"}), is_segment({"person": "ann"})
    (True, False)
    """
    return found.get("type") in CALLS and not _IDS.isdisjoint(found)


def from_segment(call: Mapping[str, Any]) -> dict[str, Any]:
    """The row that a call stands for; ids that the call joins are left for identity to join.

    >>> row = from_segment({"type": "track", "event": "Paid", "userId": "ann", "anonymousId": "web-1",
    ...                     "timestamp": "2026-03-01T09:00:00Z", "properties": {"revenue": 12, "plan": "pro"}})
    >>> row["person"], row["event"], row["amount"], row["plan"], row["anonymous_id"]
    ('ann', 'Paid', 12, 'pro', 'web-1')
    """
    kind = call["type"]
    properties = {**_object(call, "traits"), **_object(call, "properties")}
    amount = next((properties[name] for name in _AMOUNTS if properties.get(name) is not None), None)
    row: dict[str, Any] = {
        **properties,
        "context": call.get("context"),
        "person": _id(call, "userId") or _id(call, "anonymousId"),
        "anonymous_id": _id(call, "anonymousId"),
        "previous_id": _id(call, "previousId"),
        "event": call.get("event") if kind == "track" else kind,
        "time": call.get("timestamp") or call.get("originalTimestamp") or call.get("receivedAt") or call.get("sentAt"),
        "event_id": call.get("messageId"),
    }
    if kind in {"page", "screen"} and call.get("name"):
        row["name"] = call["name"]
    if amount is not None and kind == "track":
        row["amount"] = amount
    return row


def _object(call: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = call.get(name)
    return found if isinstance(found, Mapping) else {}


def _id(call: Mapping[str, Any], name: str) -> str | int | float | None:
    """An id, if it is one: a text or a number, where broken clients send objects and true."""
    found = call.get(name)
    return found if isinstance(found, str | int | float) and not isinstance(found, bool) else None
