"""The channel through which a person came: named by a column, or read from utm tags, click ids and the referrer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from customer_factory.events.event import Event
from customer_factory.events.selector import Strict, field

if TYPE_CHECKING:
    import ibis.expr.types as ir

UNKNOWN = "unknown"
CLICK_IDS = {
    "gclid": "google ads", "gbraid": "google ads", "wbraid": "google ads", "fbclid": "facebook",
    "msclkid": "microsoft ads", "ttclid": "tiktok", "li_fat_id": "linkedin", "twclid": "x",
}  # fmt: skip
"""The click id that an advertiser adds to a link, and the channel it proves."""
HOSTS = {
    "google.": "organic search", "bing.": "organic search", "duckduckgo.": "organic search",
    "ecosia.": "organic search", "yahoo.": "organic search", "facebook.": "social", "instagram.": "social",
    "linkedin.": "social", "twitter.": "social", "//t.co/": "social", "reddit.": "social", "youtube.": "social",
}  # fmt: skip
"""A part of the referring page's address, and the channel it stands for."""

Clue = Literal["utm", "click-id", "referrer"]


class Channels(Strict):
    """How a channel is derived from an event: the column first, then the clues in their order.

    >>> from datetime import datetime
    >>> visit = Event("ann", "visited", datetime(2026, 3, 1), properties={"gclid": "x"})
    >>> Channels().of(visit)
    'google ads'
    """

    column: str = "channel"
    clues: list[Clue] = Field(default=["utm", "click-id", "referrer"])
    rename: dict[str, str] = Field(default_factory=dict)
    default: str = UNKNOWN
    seller: str | None = None

    def called(self, name: str | None) -> str:
        """What the factory calls a channel that a table names, or that none is named for.

        >>> Channels(rename={"fb": "facebook"}).called("fb"), Channels().called(None)
        ('facebook', 'unknown')
        """
        return self.default if name is None else self.rename.get(name, name)

    def of(self, event: Event) -> str | None:
        """The channel that an event names, if any."""
        found = event.get(self.column)
        for clue in self.clues:
            found = found or self._clue(clue, event)
        return None if found is None else self.rename.get(str(found), str(found))

    def _clue(self, clue: Clue, event: Event) -> str | None:
        if clue == "utm":
            return next((v for name in utm_names() if (v := event.properties.get(name))), None)
        if clue == "click-id":
            return next((channel for key, channel in CLICK_IDS.items() if event.properties.get(key)), None)
        referrer = event.properties.get("referrer") or event.properties.get("context.page.referrer") or ""
        return next((channel for part, channel in HOSTS.items() if part in referrer.lower()), None)

    def expression(self, table: ir.Table, has: Callable[[str], bool]) -> ir.StringValue:
        """The same as a column over a table of events; null where an event names no channel.

        Args:
            table: The events.
            has: Whether a property occurs at all, so that no engine looks for what is not there.
        """
        import ibis

        found: list[Any] = [field(table, self.column).cast("string")] if has(self.column) else []
        found += [each for clue in self.clues for each in self._clue_expressions(clue, table, has)]
        if not found:
            return ibis.null("string")
        channel: Any = ibis.coalesce(*found) if len(found) > 1 else found[0]
        if self.rename:
            channel = ibis.cases(*[(channel == old, new) for old, new in self.rename.items()], else_=channel)
        result: ir.StringValue = channel
        return result

    def _clue_expressions(self, clue: Clue, table: ir.Table, has: Callable[[str], bool]) -> list[Any]:
        import ibis

        nothing = ibis.null("string")
        if clue == "utm":
            return [field(table, name).cast("string") for name in utm_names() if has(name)]
        if clue == "click-id":
            present = {key: channel for key, channel in CLICK_IDS.items() if has(key)}
            return [ibis.ifelse(field(table, key).notnull(), name, nothing) for key, name in present.items()]
        pages: list[Any] = [field(table, name) for name in ("referrer", "context.page.referrer") if has(name)]
        if not pages:
            return []
        page = (ibis.coalesce(*pages) if len(pages) > 1 else pages[0]).cast("string").lower()
        return [ibis.cases(*[(page.contains(part), name) for part, name in HOSTS.items()], else_=nothing)]


def utm_names() -> list[str]:
    """The properties in which clients send the campaign's source."""
    return ["utm_source", "context.campaign.source"]
