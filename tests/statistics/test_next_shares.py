"""The next ten by kind: calibrated on factories whose shares drift and whose batches differ."""

import numpy as np
import pytest

from customer_factory.statistics.next_shares import next_shares


def test_every_future_has_as_many_events_as_asked_for():
    found = next_shares([[3, 1, 0], [2, 2, 1]], 7)
    assert (found.draws.sum(axis=1) == 7).all()
    assert found.mean.sum() == pytest.approx(7)
    assert ((found.low >= 0) & (found.low <= found.high) & (found.high <= 7)).all()


def test_much_steady_evidence_gives_the_binomial():
    from scipy.stats import binom

    found = next_shares([[60, 30, 10]] * 100)
    for share, mean, chance, low, high in zip(
        (0.6, 0.3, 0.1), found.mean, found.chance, found.low, found.high, strict=True
    ):
        assert mean == pytest.approx(10 * share, abs=0.15)
        truth = binom.cdf(high, 10, share) - binom.cdf(low - 1, 10, share)
        assert chance == pytest.approx(truth, abs=0.03)


def test_what_changed_lately_counts_more():
    found = next_shares([[9, 1]] * 20 + [[1, 9]] * 8)
    assert found.mean[1] > 7


def test_the_same_numbers_give_the_same_answer():
    one, other = (next_shares([[3, 4], [5, 2]], seed=4) for _ in range(2))
    assert (one.draws == other.draws).all()


@pytest.mark.parametrize(
    ("counts", "options", "said"),
    [
        ([1, 2], {}, "shape"),
        ([[1, -1]], {}, "whole numbers"),
        ([[1, 0.5]], {}, "whole numbers"),
        ([[0, 0]], {}, "nothing was ever counted"),
        ([[1, 2]], {"ahead": 0}, "ahead is 0"),
        ([[1, 2]], {"level": 1.0}, "level 1.0"),
    ],
)
def test_impossible_counts_are_refused(counts, options, said):
    with pytest.raises(ValueError, match=said):
        next_shares(counts, **options)


def make(rng, kinds, pace, drift, alike, batches=26):
    """A factory whose logits walk at random and whose batches vary around them: counts, and the ten that follow."""
    logit, counts, after = rng.normal(0, 1, kinds), [], []
    while len(after) < 10:
        logit = logit + drift * rng.standard_normal(kinds)
        shares = np.exp(logit - logit.max())
        shares /= shares.sum()
        own = rng.dirichlet(np.maximum(shares * (1 / alike - 1), 1e-3)) if alike else shares
        batch = rng.multinomial(rng.poisson(pace), own)
        if len(counts) < batches:
            counts.append(batch)
        else:
            after += list(rng.permutation(np.repeat(np.arange(kinds), batch)))
    return np.array(counts), np.bincount(after[:10], minlength=kinds)


def test_eighty_percent_intervals_hold_between_75_and_85():
    rng = np.random.default_rng(2026)
    held, said = [], []
    for pace in (1, 4, 20):
        for drift in (0.0, 0.15):
            for alike in (0.0, 0.08):
                for _ in range(20):
                    counts, after = make(rng, int(rng.integers(3, 7)), pace, drift, alike)
                    if counts.sum() < 10:
                        continue
                    found = next_shares(counts, draws=600)
                    shown = found.mean >= 0.5
                    held += list(((found.low <= after) & (after <= found.high))[shown])
                    said += list(found.chance[shown])
    assert len(held) > 600  # one standard error is 1.6 points
    assert 0.75 <= np.mean(held) <= 0.85
    assert 0.77 <= np.mean(said) <= 0.83
