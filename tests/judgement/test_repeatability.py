import numpy as np
import pytest

from customer_factory.judgement.repeatability import repeatability

STEADY = [21, 18, 24, 17, 20, 22, 19, 16, 23, 20, 18, 22]


# Stories


def test_a_steady_year_is_repeatable():
    found = repeatability(STEADY * 4)
    assert (found.repeatable, found.signals) == ("yes", ())
    assert found.lower < 10 < found.centre < 30 < found.upper
    assert found.reason.startswith("None of the last 8 batches signals; the next is expected between")
    assert len(found.centres) == len(found.lowers) == len(found.uppers) == 48
    assert found.centres[:6] == (None,) * 6


@pytest.mark.parametrize(
    ("batches", "verdict"), [(0, "no"), (5, "no"), (6, "provisional"), (11, "provisional"), (12, "yes")]
)
def test_twelve_batches_make_a_baseline_and_six_a_provisional_one(batches, verdict):
    found = repeatability(STEADY[:batches])
    assert found.repeatable == verdict
    assert (found.centre is None) == (batches < 6)
    if batches < 6:
        assert f"{6 - batches} more give a first idea, {12 - batches} more a baseline" in found.reason


def test_the_running_batch_is_neither_judged_nor_counted():
    complete = [True] * 12 + [False]
    found = repeatability([*STEADY, 0], complete)
    assert found == repeatability(STEADY)
    assert repeatability([*STEADY[:11], 0], complete[1:]).repeatable == "provisional"
    assert repeatability([*STEADY, 0, 0], [True] * 12 + [False] * 2) == found


def test_a_first_batch_cut_by_the_beginning_of_the_data_does_not_count():
    assert repeatability([2, *STEADY], [False, *[True] * 12]) == repeatability(STEADY)


def test_nothing_made_is_not_repeatable():
    found = repeatability([0] * 30)
    assert (found.repeatable, found.reason) == ("no", "Nothing has been made in 30 batches.")


def test_a_fall_by_half_is_not_repeatable_and_says_why():
    found = repeatability([*STEADY, *STEADY, 10, 9, 11, 8])
    assert found.repeatable == "no"
    assert found.reason == "The last four batches together were lower than chance explains."


def test_a_signal_holds_eight_batches_and_the_new_level_needs_a_baseline():
    rng = np.random.default_rng(5)
    counts = [*rng.poisson(20, 26), *rng.poisson(60, 20)]
    verdicts = [repeatability(counts[: 26 + n]) for n in range(4, 21)]
    last = max(signal.index for signal in verdicts[-1].signals)
    for n, found in zip(range(30, 47), verdicts, strict=True):
        recent = [signal for signal in found.signals if signal.index >= n - 8]
        expected = "no" if recent else "provisional" if found.baseline < 12 else "yes"
        assert found.repeatable == expected
    assert verdicts[0].repeatable == "no"
    assert verdicts[-1].repeatable == "yes"
    assert "more make a baseline" in repeatability(counts[: last + 9]).reason


def test_a_single_outlier_long_ago_is_forgiven():
    counts = [*STEADY, 90, *STEADY]
    assert repeatability(counts[:13]).reason == "The last batch was higher than chance explains."
    assert repeatability(counts[:15]).reason == "A batch was higher than chance explains, 2 batches ago."
    assert repeatability(counts).repeatable == "yes"
    assert [signal.index for signal in repeatability(counts).signals] == [12]


def test_steady_growth_is_repeatable():
    rng = np.random.default_rng(6)
    found = repeatability(rng.poisson(100 * 1.03 ** np.arange(40)))
    assert found.repeatable == "yes"
    assert found.trend == pytest.approx(0.03, abs=0.015)


def test_one_a_week_is_repeatable():
    rng = np.random.default_rng(7)
    verdicts = [repeatability(rng.poisson(1, 24)).repeatable for _ in range(40)]
    assert verdicts.count("yes") >= 38


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (([1, 2, -3],), "negative"),
        (([1, 2, 2.5],), "whole"),
        (([1, float("nan")],), "finite"),
        (([1, 2], [True]), "2 counts but 1 marks"),
        (([1, 2, 3], [True, False, True]), "between complete ones"),
    ],
)
def test_impossible_counts_are_refused(arguments, said):
    with pytest.raises(ValueError, match=said):
        repeatability(*arguments)
