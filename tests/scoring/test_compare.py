"""Two models on the same test rows: the figures, and the reasons why there are none."""

import numpy as np
import pytest
from msgspec import structs

from scoring.comparable import Contender
from scoring.compare import compare
from scoring.evidence import TestRows
from scoring.goals import Goal
from tests.scoring.models import classifier, loaded, regressor

NOBODY: frozenset[str] = frozenset()


def contender(content: bytes, training: frozenset[str] = NOBODY) -> Contender:
    return Contender(loaded(content), training)


def classified(rows: int = 100) -> TestRows:
    """Rows whose label is the column of the larger number; in 12 of 100 the lead is small."""
    lead = np.where(np.arange(rows) % 100 < 12, 0.5, 5.0)
    label = np.arange(rows) % 2
    return TestRows(
        features={"a": np.where(label == 0, lead, 0.0), "b": np.where(label == 1, lead, 0.0)},
        labels=label,
        digests=frozenset(f"row-{number}" for number in range(rows)),
    )


RIGHT = classifier([0, 1])
BIASED = classifier([0, 1], offset=1.0)  # Wrong where the second column leads by half.
BARE = classifier([0, 1], zipmap=False)


def quantities(rows: int = 40) -> TestRows:
    return TestRows(
        features={"a": np.arange(rows, dtype=float)},
        labels=np.arange(rows, dtype=float),
        digests=frozenset(),
    )


def test_accuracy_is_compared_exactly():
    found = compare(
        "test_accuracy", "maximize", classified(), contender(RIGHT), contender(BIASED), 0.95
    )
    assert (found.rows, found.challenger, found.champion) == (100, 1.0, 0.94)
    assert (found.both_right, found.only_challenger, found.only_champion) == (94, 6, 0)
    assert found.gain == pytest.approx(0.06)
    assert found.p_value == pytest.approx(1 / 64)
    # Six wins of six: θ is 0.05 to the power of 1/6.
    assert found.lower == pytest.approx(0.06 * (2 * 0.05 ** (1 / 6) - 1))
    assert found.incomparable is None


def test_results_are_plain_numbers():
    found = compare("accuracy", "maximize", classified(), contender(RIGHT), contender(BIASED), 0.95)
    kinds = {type(value) for value in structs.asdict(found).values()}
    assert kinds == {str, int, float, type(None)}


def test_the_first_challenger_has_only_its_own_figure():
    found = compare("accuracy", "maximize", classified(), contender(BIASED), None, 0.95)
    assert (found.challenger, found.champion, found.gain) == (0.94, None, None)


@pytest.mark.parametrize(
    ("metric", "gain"),
    [("rmse", 2 * np.sqrt(np.mean(np.arange(40) ** 2.0))), ("mae", 2 * 19.5)],
)
def test_a_smaller_error_is_a_gain(metric: str, gain: float):
    found = compare(
        metric,
        "minimize",
        quantities(),
        contender(regressor([1.0])),
        contender(regressor([3.0])),
        0.95,
    )
    assert found.challenger == pytest.approx(0.0)
    assert found.gain == pytest.approx(gain)
    assert found.lower is not None
    assert 0 < found.lower < gain
    assert found.p_value == pytest.approx(1 / 2001)


@pytest.mark.parametrize("model", [RIGHT, BARE], ids=["named classes", "bare matrix"])
def test_log_loss_takes_probabilities_of_either_form(model: bytes):
    found = compare("log_loss", "minimize", classified(), contender(model), contender(BIASED), 0.95)
    expected = np.mean(np.log1p(np.exp(-np.where(np.arange(100) < 12, 0.5, 5.0))))
    assert found.challenger == pytest.approx(expected, rel=1e-5)
    assert found.lower is not None


@pytest.mark.parametrize(
    ("metric", "goal", "reason"),
    [
        ("mape", "maximize", "the metric 'mape' is not one that can be scored (accuracy, f1_macro"),
        ("rmse", "maximize", "rmse is to be minimized, and the policy says maximize"),
    ],
    ids=["unknown", "turned round"],
)
def test_an_unusable_metric_is_said(metric: str, goal: Goal, reason: str):
    found = compare(metric, goal, classified(), contender(RIGHT), contender(BIASED), 0.95)
    assert found.incomparable is not None
    assert found.incomparable.startswith(reason)
    assert found.challenger is None


@pytest.mark.parametrize("role", ["challenger", "champion"])
def test_test_rows_that_a_model_was_trained_on_are_counted(role: str):
    seen = frozenset({"row-1", "row-7", "row-elsewhere"})
    training = {"challenger": NOBODY, "champion": NOBODY} | {role: seen}
    found = compare(
        "accuracy",
        "maximize",
        classified(),
        contender(RIGHT, training["challenger"]),
        contender(BIASED, training["champion"]),
        0.95,
    )
    assert found.incomparable == (
        f"2 of 100 test rows are among the rows that the {role} was trained on"
    )


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (structs.replace(classified(), labels=np.array([])), "there are no test rows"),
        (
            structs.replace(classified(), labels=np.array([np.nan] * 3 + [1.0] * 97)),
            "3 of 100 test rows have no finite label",
        ),
        (
            structs.replace(classified(), labels=np.array([None] + ["a"] * 99, object)),
            "1 of 100 test rows have no finite label",
        ),
        (
            structs.replace(classified(), labels=np.array(["0"] * 100)),
            "the challenger answers in numbers, and the labels are text",
        ),
        (
            structs.replace(classified(), features={"a": np.ones(100)}),
            "the challenger cannot score the test rows: there are 1 columns; the model takes 2",
        ),
    ],
    ids=["none", "NaN label", "missing label", "text labels", "other columns"],
)
def test_rows_that_cannot_be_scored_are_said(rows: TestRows, reason: str):
    found = compare("accuracy", "maximize", rows, contender(RIGHT), contender(BIASED), 0.95)
    assert found.incomparable == reason


def test_answers_that_are_not_finite_are_counted():
    rows = TestRows({"a": np.array([1.0, 3e38])}, np.array([1.0, 1.0]), frozenset())
    found = compare("mae", "minimize", rows, contender(regressor([9.0])), None, 0.95)
    assert found.incomparable == "the challenger's answer is not finite in 1 of 2 rows"


def test_too_few_rows_for_a_bootstrap_are_said():
    two = contender(regressor([1.0])), contender(regressor([3.0]))
    found = compare("mae", "minimize", quantities(29), *two, 0.95)
    assert found.incomparable == "29 test rows are too few for a bound (30 at least)"
    assert compare("mae", "minimize", quantities(29), *two, 0.0).gain == pytest.approx(28.0)


def test_a_metric_without_a_value_is_said():
    rows = TestRows({"a": np.ones(40)}, np.ones(40), frozenset())
    found = compare("r2", "maximize", rows, contender(regressor([1.0])), None, 0.95)
    assert found.incomparable == "the challenger's r2 has no value on these rows"


def test_a_champion_that_gives_no_probabilities_is_said():
    rows = structs.replace(classified(), labels=classified().labels.astype(float))
    found = compare(
        "log_loss", "minimize", rows, contender(RIGHT), contender(regressor([1.0, 1.0])), 0.95
    )
    assert found.incomparable == (
        "the champion cannot score the test rows: the model gives no probabilities"
    )
