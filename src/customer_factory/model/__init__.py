"""The fitted factory: from measures to a stochastic model that can be run forward – a forecast, and what if.

>>> from customer_factory.model import fit
"""

from __future__ import annotations

from customer_factory.model.fitted import FittedFactory, fit

__all__ = ["FittedFactory", "fit"]
