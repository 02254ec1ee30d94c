"""Chance that can be repeated: the same words always draw the same number, on every machine and in every language."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from itertools import accumulate


def draw(*words: str) -> float:
    """A number from 0 up to but not including 1, evenly spread over different words and always the same for equal ones.

    The first 8 bytes of BLAKE2b (RFC 7693, digest of 8 bytes, no key) of the words' UTF-8, each behind its length in
    bytes and a colon, read as a big-endian integer, of which the upper 53 bits are divided by 2^53.

    >>> draw("prices", "ann"), draw("prices", "bob"), draw("colours", "bob")
    (0.6964116005662482, 0.27666495828630455, 0.7044214289635337)
    """
    told = b"".join(b"%d:%s" % (len(word), word) for word in (each.encode() for each in words))
    return (int.from_bytes(blake2b(told, digest_size=8).digest(), "big") >> 11) / (1 << 53)


def choose(number: float, shares: Mapping[str, float]) -> str:
    """The name into whose part of the unit interval a number falls; the parts stand in order, as long as the shares.

    >>> [choose(number, {"a": 1, "b": 3}) for number in (0.0, 0.24, 0.25, 0.99)]
    ['a', 'a', 'b', 'b']
    """
    total = sum(shares.values())
    ends = zip(accumulate(shares.values()), shares, strict=True)
    return next((name for end, name in ends if number < end / total), list(shares)[-1])
