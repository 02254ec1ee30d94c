"""The one list of cases."""

from conformance.cases import channels, conditions, counting, identity, money, published, returning, steps

CASES = [
    case
    for part in (steps, counting, conditions, money, returning, channels, identity, published)
    for case in part.CASES
]
