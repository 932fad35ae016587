"""How often a window without drift is judged drifted, and what a drift has to be to be found."""

import numpy as np
import pytest
from scipy.stats import binom

from drift.adjust import Method
from drift.build import categorical, numeric
from drift.compare import compare
from drift.policy import Judging
from drift.results import Compared, Rows, Verdict
from drift.verdict import judge

COLUMNS = 100
SIMULATIONS = 200
SIZES = [1_000] * 170 + [3_000] * 24 + [30_000] * 4 + [100_000] * 2
METHODS: tuple[Method, ...] = ("benjamini_hochberg", "bonferroni")
NAMES = np.array(["bread", "cheese", "milk", "salt", "tea", "wine"])
OFTEN = np.array([0.5, 0.2, 0.15, 0.1, 0.04, 0.01])


def column(generator: np.random.Generator, at: int, rows: int) -> np.ndarray:
    """Values of one of several kinds, by the place of the column."""
    match at % 5:
        case 0:
            return NAMES[generator.choice(len(NAMES), rows, p=OFTEN)]
        case 1:
            return generator.lognormal(size=rows)
        case 2:
            return generator.poisson(3, rows)
        case 3:
            missing = generator.random(rows) < 0.02
            return np.where(missing, np.nan, generator.normal(size=rows))
        case _:
            return generator.normal(size=rows)


def compared(name: str, reference: np.ndarray, current: np.ndarray) -> Compared:
    build = categorical if reference.dtype.kind == "U" else numeric
    return compare(build(name, reference), build(name, current))


def window(seed: int, rows: int) -> list[Compared]:
    """A hundred columns of two windows from the same distributions."""
    generator = np.random.default_rng(seed)
    return [
        compared(f"c{at}", column(generator, at, rows), column(generator, at, rows))
        for at in range(COLUMNS)
    ]


@pytest.fixture(scope="module")
def simulations() -> list[tuple[Rows, list[Compared]]]:
    """Two hundred windows without drift, more of them small than large."""
    return [
        (Rows(reference=rows, current=rows), window(seed, rows)) for seed, rows in enumerate(SIZES)
    ]


def share_drifted(simulations: list[tuple[Rows, list[Compared]]], judging: Judging) -> float:
    verdicts = [judge(columns, rows, judging).verdict for rows, columns in simulations]
    return verdicts.count("drifted") / len(verdicts)


def test_windows_without_drift_are_not_judged_drifted(
    simulations: list[tuple[Rows, list[Compared]]],
) -> None:
    assert len(simulations) == SIMULATIONS
    assert share_drifted(simulations, Judging()) <= 0.05


@pytest.mark.parametrize("adjust", METHODS)
def test_p_values_alone_keep_false_alarms_within_alpha(
    simulations: list[tuple[Rows, list[Compared]]], adjust: Method
) -> None:
    alone = Judging(threshold=0.0, floor=0.0, adjust=adjust)
    noise = binom.ppf(0.999, SIMULATIONS, alone.alpha) / SIMULATIONS
    assert 0 < share_drifted(simulations, alone) <= noise


def test_without_adjustment_nearly_every_window_is_an_alarm(
    simulations: list[tuple[Rows, list[Compared]]],
) -> None:
    assert share_drifted(simulations, Judging(threshold=0.0, floor=0.0, adjust="none")) > 0.9


def test_tiny_shift_of_a_million_rows_is_stable() -> None:
    generator = np.random.default_rng(7)
    rows = 1_000_000
    values = generator.normal(size=rows)
    found = compared("x", values, generator.normal(0.001, 1, rows))
    both = Rows(reference=rows, current=rows)
    assert judge([found], both, Judging()).verdict == "stable"
    assert judge([compared("x", values, values + 0.001)], both, Judging()).verdict == "stable"


def drifted_column(rows: int, psi: float) -> tuple[np.ndarray, np.ndarray]:
    """A normal column whose mean moves as far as gives that PSI: its square for a normal one.

    Ten bins lose a little of it, so the shift is a little larger.
    """
    generator = np.random.default_rng(11)
    shift = np.sqrt(psi) * 1.04
    return generator.normal(size=rows), generator.normal(shift, 1, rows)


@pytest.mark.parametrize("rows", [1_000, 10_000])
def test_drift_of_one_column_in_a_hundred_is_named(rows: int) -> None:
    columns = window(99, rows)
    columns[42] = compared("c42", *drifted_column(rows, psi=0.25))
    verdict: Verdict = judge(columns, Rows(reference=rows, current=rows), Judging())
    assert verdict.columns[0].score == pytest.approx(0.25, abs=0.04)
    assert verdict.verdict == "drifted"
    assert [one.name for one in verdict.columns if one.drifted] == ["c42"]


def test_drift_of_one_category_in_a_hundred_columns_is_named() -> None:
    rows = 5_000
    columns = window(98, rows)
    generator = np.random.default_rng(12)
    moved = np.array([0.25, 0.3, 0.2, 0.15, 0.07, 0.03])
    columns[40] = compared(
        "c40", generator.choice(NAMES, rows, p=OFTEN), generator.choice(NAMES, rows, p=moved)
    )
    verdict = judge(columns, Rows(reference=rows, current=rows), Judging())
    assert [one.name for one in verdict.columns if one.drifted] == ["c40"]
