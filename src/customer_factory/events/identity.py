"""Who is who: ids that were ever linked belong to one person, transitively and in any order of arrival."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from customer_factory.events.event import LINKING

NOBODY = frozenset(
    {"", "0", "-1", "null", "none", "nil", "undefined", "nan", "anonymous", "guest", "unknown", "true", "false",
     "[object object]", "00000000-0000-0000-0000-000000000000"}
)  # fmt: skip
"""Ids that broken clients send for everybody: they never link people, or thousands would become one."""

__all__ = ["LINKING", "NOBODY", "components", "may_link", "shown_instead"]


def may_link(identifier: str | None) -> bool:
    """Whether an id can be somebody's own.

    >>> may_link("ann"), may_link("undefined"), may_link(None)
    (True, False, False)
    """
    return identifier is not None and identifier.strip().lower() not in NOBODY


def components(links: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Each linked id with the one that stands for its person: the first in the alphabet.

    >>> sorted(components([("web-1", "ann"), ("phone-7", "ann"), ("web-9", "bob")]).items())
    [('ann', 'ann'), ('bob', 'bob'), ('phone-7', 'ann'), ('web-1', 'ann'), ('web-9', 'bob')]
    """
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        parent.setdefault(name, name)
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for one, other in links:
        first, second = sorted((root(one), root(other)))
        parent[second] = first
    return {name: root(name) for name in list(parent)}


def shown_instead(links: Iterable[tuple[str, str]], known: Collection[str]) -> dict[str, str]:
    """Each linked id that is not shown itself, with the one that is: an id the person is known by, if there is any.

    Args:
        links: Pairs of ids; those that may not link are passed over.
        known: The ids that are no anonymous ones.

    >>> shown_instead([("web-1", "zoe"), ("web-2", "web-1"), ("ann", "undefined")], {"zoe", "ann"})
    {'web-1': 'zoe', 'web-2': 'zoe'}
    """
    together: dict[str, list[str]] = defaultdict(list)
    for name, root in components(link for link in links if may_link(link[0]) and may_link(link[1])).items():
        together[root].append(name)
    shown = {root: min([name for name in names if name in known] or names) for root, names in together.items()}
    return {name: shown[root] for root, names in together.items() for name in sorted(names) if name != shown[root]}
