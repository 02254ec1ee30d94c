"""Pure mathematics: intervals, charts, curves and fits on numbers that somebody else counted.

Everything is a pure function of numbers or of a `Tally`, and knows nothing of customers. Names load on first use,
so that importing the package costs nothing.

>>> from customer_factory.statistics import wilson
>>> low, high = wilson(81, 263)
>>> round(low, 4), round(high, 4)
(0.2553, 0.3662)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from customer_factory.statistics.adjusted import Effect, Estimate, adjusted_effect
    from customer_factory.statistics.beta_geometric import BetaGeo, fit_beta_geo
    from customer_factory.statistics.comparison import Comparison, welch
    from customer_factory.statistics.control import PChart, Signal, XmR, p_chart, xmr
    from customer_factory.statistics.counts import CountChart, count_chart
    from customer_factory.statistics.economics import UnitEconomics, unit_economics, viral_growth
    from customer_factory.statistics.gamma_spend import GammaGamma, fit_gamma_gamma
    from customer_factory.statistics.intervals import Interval, wilson
    from customer_factory.statistics.logistic import fit_logistic
    from customer_factory.statistics.multiplicity import benjamini_hochberg, holm
    from customer_factory.statistics.sensitivity import e_value, e_value_of_interval
    from customer_factory.statistics.shrinkage import Shrinkage, shrink
    from customer_factory.statistics.stratified import Stratified, mantel_haenszel
    from customer_factory.statistics.subscriptions import ShiftedBetaGeo, fit_shifted_beta_geo
    from customer_factory.statistics.surveys import Csat, Nps, csat, nps
    from customer_factory.statistics.survival import KaplanMeier, kaplan_meier
    from customer_factory.statistics.tallies import Tally

_HOMES = {
    "adjusted": ("Effect", "Estimate", "adjusted_effect"),
    "beta_geometric": ("BetaGeo", "fit_beta_geo"),
    "comparison": ("Comparison", "welch"),
    "control": ("PChart", "Signal", "XmR", "p_chart", "xmr"),
    "counts": ("CountChart", "count_chart"),
    "economics": ("UnitEconomics", "unit_economics", "viral_growth"),
    "gamma_spend": ("GammaGamma", "fit_gamma_gamma"),
    "intervals": ("Interval", "wilson"),
    "logistic": ("fit_logistic",),
    "multiplicity": ("benjamini_hochberg", "holm"),
    "sensitivity": ("e_value", "e_value_of_interval"),
    "shrinkage": ("Shrinkage", "shrink"),
    "stratified": ("Stratified", "mantel_haenszel"),
    "subscriptions": ("ShiftedBetaGeo", "fit_shifted_beta_geo"),
    "surveys": ("Csat", "Nps", "csat", "nps"),
    "survival": ("KaplanMeier", "kaplan_meier"),
    "tallies": ("Tally",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "BetaGeo",
    "Comparison",
    "CountChart",
    "Csat",
    "Effect",
    "Estimate",
    "GammaGamma",
    "Interval",
    "KaplanMeier",
    "Nps",
    "PChart",
    "ShiftedBetaGeo",
    "Shrinkage",
    "Signal",
    "Stratified",
    "Tally",
    "UnitEconomics",
    "XmR",
    "adjusted_effect",
    "benjamini_hochberg",
    "count_chart",
    "csat",
    "e_value",
    "e_value_of_interval",
    "fit_beta_geo",
    "fit_gamma_gamma",
    "fit_logistic",
    "fit_shifted_beta_geo",
    "holm",
    "kaplan_meier",
    "mantel_haenszel",
    "nps",
    "p_chart",
    "shrink",
    "unit_economics",
    "viral_growth",
    "welch",
    "wilson",
    "xmr",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
