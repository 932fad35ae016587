"""Where runs are made: at once if they are quick, else in a line whose waiters are run together."""

import asyncio
import doctest
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper

from scoring.errors import ModelFailed
from scoring.rows import Matrix
from scoring.server import pace as pace_module
from scoring.server.line import WORKERS, Line
from scoring.server.pace import TOGETHER, Pace, measured
from tests.scoring.models import build, classifier, loaded, regressor, slow, table

GATHERS = Pace(one=1.0, together=1.0, alike=True)
APART = Pace(one=1.0, together=1.0 * TOGETHER, alike=True)
SUM = regressor([1.0, 10.0])
# Fails on rows that hold a number below zero: there is no such place in the table it looks up.
PICKY = build(
    [
        helper.make_node("Cast", ["X"], ["places"], to=TensorProto.INT64),
        helper.make_node("Gather", ["looked_up", "places"], ["Y"]),
    ],
    [table()],
    [table(name="Y")],
    initializers=[helper.make_tensor("looked_up", TensorProto.FLOAT, [3], [0.0, 5.0, 6.0])],
)
# Takes the mean of all rows from each: an answer depends on who else is in the run.
MIXING = build(
    [
        helper.make_node("ReduceMean", ["X"], ["mean"], axes=[0]),
        helper.make_node("Sub", ["X", "mean"], ["Y"]),
    ],
    [table()],
    [table(name="Y")],
)


def rows(*values: float) -> Matrix:
    return np.array([[value, 0] for value in values], "float32")


def while_busy(content: bytes, pace: Pace, *asked: Matrix, both: bool = False) -> list[Any]:
    """What several who ask while all workers are busy are answered, or the errors that they get."""

    async def ask() -> list[Any]:
        line, free = Line(loaded(content), pace), Event()
        with ThreadPoolExecutor(WORKERS) as workers:
            for _ in range(WORKERS):
                workers.submit(free.wait)
            waiting = [
                asyncio.create_task(line.in_turn(each, workers, both=both)) for each in asked
            ]
            await asyncio.sleep(0)
            free.set()
            return await asyncio.gather(*waiting, return_exceptions=True)

    return asyncio.run(ask())


@pytest.mark.parametrize("pace", [GATHERS, APART], ids=["together", "apart"])
def test_everybody_gets_the_answers_to_their_own_rows(pace: Pace):
    asked = [rows(*range(first, first + first % 4 + 1)) for first in range(40)]
    found = while_busy(SUM, pace, *asked)
    assert [each.labels.tolist() for each in found] == [each[:, 0].tolist() for each in asked]


def test_probabilities_are_parted_like_the_answers():
    found = while_busy(classifier(["no", "yes"]), GATHERS, rows(-9, 9), rows(9), both=True)
    assert [each.labels.tolist() for each in found] == [["yes", "no"], ["no"]]
    assert [len(each.probabilities.matrix) for each in found] == [2, 1]
    assert found[1].probabilities.classes == ("no", "yes")
    assert found[1].probabilities.matrix[0, 0] > 0.99


@pytest.mark.parametrize("pace", [GATHERS, APART], ids=["together", "apart"])
def test_who_breaks_the_model_breaks_it_for_nobody_else(pace: Pace):
    found = while_busy(PICKY, pace, rows(1), rows(-9), *[rows(2)] * 6)
    assert [isinstance(each, ModelFailed) for each in found] == [False, True] + [False] * 6
    assert found[0].labels.tolist() == [[5.0, 0.0]]
    assert found[7].labels.tolist() == [[6.0, 0.0]]


def test_rows_that_cannot_be_put_together_hold_up_nobody():
    found = while_busy(SUM, GATHERS, rows(1), np.zeros((1, 3), "float32"), *[rows(2)] * 6)
    assert isinstance(found[1], ModelFailed)
    assert [each.labels.tolist() for each in found[::2]] == [[1.0], [2.0], [2.0], [2.0]]


def test_a_small_model_is_quick_and_a_slow_one_is_not():
    small, large = loaded(SUM), loaded(slow(10_000))
    assert Line(small, measured(small)).is_quick(1)
    assert not Line(large, measured(large)).is_quick(1)


def test_many_rows_of_a_small_model_are_not_quick():
    assert Line(loaded(SUM), Pace(0.00002, 0.0001, alike=True)).is_quick(16)
    assert not Line(loaded(SUM), Pace(0.00002, 0.0001, alike=True)).is_quick(1000)


def test_a_model_that_turns_out_slow_is_no_longer_run_at_once():
    model = loaded(slow(5_000))
    line = Line(model, Pace(0.00001, 0.00002, alike=True))
    assert line.is_quick(1)
    for _ in range(20):
        line.at_once(rows(1), both=False)
    assert not line.is_quick(1)


def test_one_row_that_takes_very_long_is_the_last_run_at_once():
    line = Line(loaded(slow(200_000)), Pace(0.00001, 0.00002, alike=True))
    line.at_once(rows(1), both=False)
    assert not line.is_quick(1)


class HeldUpOnce:
    """A session whose first run takes long, as if the processor were taken away meanwhile."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._seconds = [0.1]

    def run(self, *arguments: Any) -> Any:
        if self._seconds:
            time.sleep(self._seconds.pop())
        return self._session.run(*arguments)


@pytest.mark.parametrize(("content", "is_quick"), [(SUM, True), (slow(200_000), False)])
def test_a_run_that_took_long_is_tried_again_by_a_worker(content: bytes, is_quick: bool):
    model = loaded(content)

    async def ask() -> bool:
        held_up = replace(model, session=HeldUpOnce(model.session))
        line = Line(held_up, Pace(0.00001, 0.00002, alike=True))
        line.at_once(rows(1), both=False)
        assert not line.is_quick(1)
        with ThreadPoolExecutor(WORKERS) as workers:
            await line.in_turn(rows(1), workers, both=False)
        for _ in range(5):
            await asyncio.sleep(0)  # Let the loop hear what the worker found.
        return line.is_quick(1)

    assert asyncio.run(ask()) is is_quick


def test_runs_together_are_off_for_a_model_that_mixes_rows():
    pace = measured(loaded(MIXING))
    assert not pace.alike
    assert not pace.gathers


def test_runs_together_are_on_where_they_are_cheaper_and_alike():
    # The loop takes as long for many rows as for one.
    assert measured(loaded(slow(2_000))).gathers


def test_runs_together_are_off_where_they_are_not_cheaper():
    assert not Pace(one=1.0, together=0.6 * TOGETHER, alike=True).gathers
    assert not Pace(one=1.0, together=1.0, alike=False).gathers
    assert Pace(one=1.0, together=0.4 * TOGETHER, alike=True).gathers


def test_a_very_slow_model_is_ready_without_being_measured_further():
    pace = measured(loaded(slow(200_000)))
    assert pace.one > 0.1
    assert not pace.gathers


def test_the_example_holds():
    assert doctest.testmod(pace_module) == (0, 1)
