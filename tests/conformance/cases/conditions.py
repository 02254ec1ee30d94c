"""Which events are meant: names, properties, and how selectors are put together."""

from __future__ import annotations

from typing import Any

from conformance.stories import Case, happened, plan

START = ("signed_up", "2026-03-01 00:00:01")
AT = "2026-03-02 10:00"


def tried(values: dict[str, Any], name: str = "value") -> list[dict[str, Any]]:
    """One event each, with a value of a property."""
    return happened({person: [START, ("did", AT, {name: value})] for person, value in values.items()})


def four(first: Any, second: Any, third: Any, fourth: Any) -> Any:
    """A blueprint with four selectors, each of a step after acquisition."""
    return plan(
        activation=first,
        revenue={**second, "after": "acquisition"},
        retention={**third, "after": "acquisition", "window": "300 days"},
        referral={**fourth, "after": "acquisition"},
    )


def reach(first: str, second: str, third: str, fourth: str) -> dict[str, dict[str, str]]:
    """Who reached the four steps, by their initials."""
    words = zip(("activation", "revenue", "retention", "referral"), (first, second, third, fourth), strict=True)
    return {step: dict.fromkeys(people, AT) for step, people in words}


def did(value: Any, name: str = "value") -> dict[str, Any]:
    return {"event": "did", "where": {name: value}}


CASES = [
    Case(
        "a number is compared as a number, a text as a text",
        four(did(7), did("7"), did({"gte": 7, "lt": 8}), did({"not": [7, "x"]})),
        tried({"a": "7", "b": "7.0", "c": "7.50", "d": "x", "e": "8", "f": None, "g": "7 apples"}),
        reach("ab", "a", "abc", "cefg"),
    ),
    Case(
        "what engines call numbers and people do not: nan, infinity, 1_000, 0x1, too large",
        four(did({"gt": -1e300}), did({"lt": 1e300}), did({"exists": True}), did(1000)),
        tried(
            {"a": "nan", "b": "inf", "c": "-Infinity", "d": "1_000", "e": "0x1", "f": "1e999", "g": "1e3", "h": "+.5"}
        ),
        reach("gh", "gh", "abcdefgh", "g"),
    ),
    Case(
        "a column of numbers",
        four(did(7), did("7"), did({"gt": 7.4}), did({"exists": False})),
        tried({"a": 7.0, "b": 7.5, "c": None, "d": -7.0}),
        reach("a", "a", "b", "c"),
    ),
    Case(
        "a column of booleans",
        four(did(True), did("true"), did(False), did({"not": True})),
        tried({"a": True, "b": False, "c": None}),
        reach("a", "a", "b", "bc"),
    ),
    Case(
        "booleans as text, in any case of letters",
        four(did(True), did("true"), did([True, "maybe"]), did({"exists": True, "not": [True, False]})),
        tried({"a": "true", "b": "True", "c": "false", "d": "maybe", "e": None}),
        reach("ab", "a", "abd", "d"),
    ),
    Case(
        "standard columns can be asked for like properties, and a property that never occurs has no value",
        four(
            {"event": "did", "where": {"amount": {"gte": 5}}},
            {"event": "did", "where": {"channel": ["ads", "web"], "currency": "EUR"}},
            did({"exists": False}, "never"),
            did(["x"], "never"),
        ),
        happened(
            {
                "a": [START, ("did", AT, {"amount": 5.0, "channel": "ads", "currency": "EUR"})],
                "b": [START, ("did", AT, {"amount": 4.99, "channel": "web", "currency": "USD"})],
                "c": [START, ("did", AT)],
            }
        ),
        reach("a", "a", "abc", ""),
    ),
    Case(
        "a property may be called like a column of the log's own",
        four(did("pro", "id"), did({"exists": False}, "id"), did("x", "properties"), did('it\'s "so"', 'odd "name"')),
        happened(
            {
                "a": [START, ("did", AT, {"id": "pro"})],
                "b": [START, ("did", AT, {"properties": "x", 'odd "name"': 'it\'s "so"'})],
            }
        ),
        reach("a", "b", "b", "b"),
    ),
    Case(
        "any, all and not",
        four(
            {"any": [{"event": "did"}, {"event": "tried", "where": {"value": "x"}}]},
            {"event": "did", "not": {"where": {"value": "x"}}},
            {"all": [{"event": ["did", "tried"]}, {"any": [{"where": {"value": "x"}}, {"where": {"value": "y"}}]}]},
            {"where": {"value": {"exists": True}}, "not": {"any": [{"event": "tried"}, {"where": {"value": "y"}}]}},
        ),
        happened(
            {
                "a": [START, ("did", AT, {"value": "x"})],
                "b": [START, ("tried", AT, {"value": "x"})],
                "c": [START, ("did", AT, {"value": "y"})],
                "d": [START, ("tried", AT, {"value": "z"})],
                "e": [START, ("did", AT)],
            }
        ),
        reach("abce", "ce", "abc", "a"),
    ),
]
