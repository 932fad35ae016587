"""Verdicts on windows, and the reasons that they give."""

from collections.abc import Sequence

import numpy as np
import pytest
from msgspec.structs import replace

from drift.build import categorical, numeric
from drift.columns import Empty
from drift.compare import compare
from drift.policy import CUSTOMARY, NEVER, Judging
from drift.results import Compared, Figure, Rows, Verdict
from drift.verdict import judge

ENOUGH = Rows(reference=1000, current=1000)


def column(
    name: str = "age",
    *,
    score: float = 0.5,
    error: float = 0.0,
    effect: float = 0.3,
    p_value: float = 1e-6,
) -> Compared:
    """A numeric column that drifted, unless told otherwise."""
    return Compared(
        name=name,
        kind="numeric",
        statistics={"psi": Figure(value=score, error=error)},
        effect=effect,
        p_value=p_value,
    )


def calm(name: str) -> Compared:
    return column(name, score=0.01, effect=0.01, p_value=0.8)


def judged(
    *columns: Compared,
    rows: Rows = ENOUGH,
    judging: Judging | None = None,
    missing: Sequence[str] = (),
) -> Verdict:
    return judge(columns, rows, judging or Judging(), missing)


def test_column_that_drifted_makes_the_window_drifted() -> None:
    verdict = judged(calm("size"), column("age"))
    assert verdict.verdict == "drifted"
    assert verdict.reason == "1 of 2 columns drifted: age."
    assert [one.name for one in verdict.columns] == ["age", "size"]
    assert not verdict.calm


def test_columns_that_did_not_drift_make_it_stable_and_calm() -> None:
    verdict = judged(calm("age"), calm("size"))
    assert verdict.verdict == "stable"
    assert verdict.reason == "None of 2 columns drifted."
    assert verdict.calm


@pytest.mark.parametrize(
    ("kept", "why"),
    [
        (column(score=0.1), "its psi 0.1 is below 0.2"),
        (column(score=0.25, error=0.1), "its psi 0.25, 0.15 for certain, is below 0.2"),
        (column(p_value=0.3), "it may be chance (adjusted p-value 0.3 above 0.05)"),
        (column(effect=0.01), "only 1.0% of the rows moved, less than 5.0%"),
    ],
    ids=["small score", "uncertain score", "chance", "few rows"],
)
def test_column_needs_score_certainty_and_effect(kept: Compared, why: str) -> None:
    verdict = judged(kept)
    assert verdict.verdict == "stable"
    assert verdict.columns[0].reason == f"Stable: {why}."


def test_drifted_column_says_all_it_was_judged_by() -> None:
    assert judged(column()).columns[0].reason == (
        "Drifted: its psi 0.5 reaches 0.2, and at least 30.0% of the rows moved, and it is no "
        "chance (adjusted p-value 1e-06)."
    )


@pytest.mark.parametrize("rows", [Rows(reference=199, current=900), Rows(reference=900, current=0)])
def test_window_with_too_few_rows_is_unknown(rows: Rows) -> None:
    verdict = judged(column(), rows=rows)
    assert verdict.verdict == "unknown"
    assert "rows, fewer than 200." in verdict.reason


def test_window_without_rows_is_unknown_whatever_the_policy() -> None:
    rows = Rows(reference=9, current=0)
    assert judged(column(), rows=rows, judging=Judging(min_rows=0)).verdict == "unknown"


def test_missing_column_is_unknown_not_stable() -> None:
    verdict = judged(calm("age"), missing=["size"])
    assert verdict.verdict == "unknown"
    assert "the current window lacks size" in verdict.reason
    assert not verdict.calm


def test_drift_is_told_although_another_column_is_missing() -> None:
    verdict = judged(column("age"), missing=["size"])
    assert verdict.verdict == "drifted"
    assert verdict.reason == "1 of 1 columns drifted: age; the current window lacks size."


def test_column_of_another_kind_is_unknown_not_stable() -> None:
    verdict = judged(calm("age"), compare(numeric("plan", [1]), categorical("plan", ["a"])))
    assert verdict.verdict == "unknown"
    assert "plan cannot be compared" in verdict.reason
    assert verdict.columns[-1].reason.startswith("Cannot be compared: it is numeric")


def test_statistic_that_is_not_defined_is_unknown() -> None:
    constant = numeric("x", [1.0] * 300)
    compared = compare(constant, numeric("x", [2.0] * 300))
    verdict = judged(compared, judging=Judging(numeric="wasserstein"))
    assert verdict.verdict == "unknown"
    assert verdict.columns[0].reason == "Cannot be judged: wasserstein is not defined for it."


def test_nothing_to_compare_is_unknown() -> None:
    assert judged().reason == "There is no column to compare."


def test_column_without_values_in_both_windows_is_stable() -> None:
    verdict = judged(compare(Empty(name="x", rows=300), Empty(name="x", rows=300)), calm("age"))
    assert verdict.verdict == "stable"
    assert verdict.calm


def test_column_near_its_threshold_is_not_calm() -> None:
    verdict = judged(column(score=0.16))
    assert verdict.verdict == "stable"
    assert not verdict.calm


def test_p_values_are_adjusted_over_all_columns() -> None:
    columns = [column("age", p_value=0.01), *(calm(f"c{at}") for at in range(99))]
    assert judged(*columns).verdict == "stable"
    assert judged(*columns, judging=Judging(adjust="none")).verdict == "drifted"


def test_many_names_are_cut_short() -> None:
    verdict = judged(*(column(f"c{at}") for at in range(9)))
    assert verdict.reason == "9 of 9 columns drifted: c0, c1, c2 and 6 more."


def test_off_switches_leave_the_score_alone() -> None:
    chance = column(p_value=0.9, effect=0.001)
    verdict = judged(chance, judging=CUSTOMARY)
    assert verdict.verdict == "drifted"
    assert verdict.columns[0].reason == "Drifted: its psi 0.5 reaches 0.2."
    assert judged(chance).verdict == "stable"


def test_zero_threshold_leaves_p_value_and_effect() -> None:
    small = column(score=0.0, error=0.1)
    assert judged(small, judging=Judging(threshold=0.0)).verdict == "drifted"


def test_baseline_never_says_drifted() -> None:
    gone = compare(numeric("x", range(300)), Empty(name="x", rows=300))
    assert judged(gone).verdict == "drifted"
    assert judged(gone, judging=NEVER).verdict == "stable"


@pytest.mark.parametrize("statistic", ["psi", "ks", "wasserstein", "jensen_shannon"])
def test_every_numeric_statistic_finds_a_large_shift(statistic: str) -> None:
    generator = np.random.default_rng(5)
    compared = compare(
        numeric("x", generator.normal(size=2000)), numeric("x", generator.normal(1, 1, 2000))
    )
    verdict = judged(compared, judging=replace(Judging(), numeric=statistic))
    assert verdict.columns[0].statistic == statistic
    assert verdict.verdict == "drifted"


@pytest.mark.parametrize("statistic", ["psi", "total_variation", "jensen_shannon"])
def test_every_categorical_statistic_finds_a_large_shift(statistic: str) -> None:
    compared = compare(
        categorical("x", ["a"] * 800 + ["b"] * 200), categorical("x", ["a"] * 500 + ["b"] * 500)
    )
    assert judged(compared, judging=replace(Judging(), categorical=statistic)).verdict == "drifted"
