"""The way of a window over real files: training data, a model, logs as the server writes them."""

from collections.abc import Callable

import numpy as np
import pytest
from msgspec.structs import replace

from adapters.memory.blobs import MemoryBlobs
from adapters.profiler.profiler import DriftProfiler
from decisions.actions import AnyWork, JudgeWindow, ProfileReference
from decisions.codec import decode_work, encode
from decisions.events import AnyEvent, ReferenceProfiled, WindowJudged
from decisions.policies import DriftPolicy
from drift.report.document import Report, loads
from handlers.lanes import Received, take_work
from tests.contracts.production import WINDOW, logged, sample, trained
from tests.handlers.ports import POLICY, LargeLogs, MemoryPorts

PLACE = "digits/20261121T090000Z"


class Production:
    """A model with a monitor, and everything that is stored for it."""

    def __init__(self, blobs: MemoryBlobs | None = None) -> None:
        self.blobs = blobs or MemoryBlobs()
        self.version = trained(self.blobs)
        self.ports = MemoryPorts(blobs=self.blobs, time=WINDOW.end)
        self.ports.profiler = DriftProfiler(self.blobs)  # type: ignore[assignment] # The port's real adapter.
        self.ports.policies = {"digits": replace(POLICY, drift=DriftPolicy())}

    def judge(self) -> WindowJudged:
        """Profile the reference and judge the window, with all work that comes of it."""
        self.do(ProfileReference(model="digits", version=self.version))
        self.do(JudgeWindow(model="digits", window=WINDOW, version=self.version))
        (found,) = [one for one in self.lane() if isinstance(one, WindowJudged)]
        return found

    def lane(self) -> list[AnyEvent]:
        return self.ports.lane()  # type: ignore[return-value] # All are events.

    def report(self) -> Report:
        return loads(self.blobs.read("reports", f"{PLACE}/report.json"))

    def page(self) -> str:
        return self.blobs.read("reports", f"{PLACE}/report.html").decode()

    def do(self, item: AnyWork) -> None:
        take_work(Received(queue="work", body=encode(item)), self.ports)
        waiting = self.ports.messages.waiting
        while work := [one for one in waiting.values() if one.queue == "work"]:
            del waiting[work[0].id]
            self.do(decode_work(work[0].body))


def test_production_as_it_was_trained_for_is_stable():
    production = Production()
    logged(production.blobs, sample(1000, seed=1))
    found = production.judge()
    assert (found.verdict, found.calm, found.columns) == ("stable", True, ())
    assert (found.rows.reference, found.rows.current) == (2000, 1000)
    assert found.worst is not None
    assert found.worst < 0.75
    assert "stable" in production.page().lower()


def test_production_that_moved_is_drifted_and_shown():
    production = Production()
    logged(production.blobs, sample(1000, seed=1, shift=2.0))
    found = production.judge()
    assert found.verdict == "drifted"
    assert {one.name for one in found.columns} == {"a", "prediction"}
    assert all(one.score > one.threshold for one in found.columns)
    assert found.worst == pytest.approx(max(one.score / one.threshold for one in found.columns))
    assert [one.verdict for one in production.report().history] == ["drifted"]
    assert {one.name for one in production.report().compared} == {"a", "b", "prediction"}
    assert "prediction" in production.page()


def test_large_window_is_judged_by_its_parts_as_by_the_whole():
    parts, whole = Production(LargeLogs()), Production()
    for production in (parts, whole):
        for number in range(3):
            columns = sample(700, seed=number + 1, shift=2.0 * (number == 2))
            logged(production.blobs, columns, name=f"a-{number}")
    found, expected = parts.judge(), whole.judge()
    assert parts.blobs.read("reports", f"{PLACE}/part-003.profile")
    assert (found.verdict, found.rows) == (expected.verdict, expected.rows)
    assert [one.name for one in found.columns] == [one.name for one in expected.columns]
    assert found.worst == pytest.approx(expected.worst, rel=0.05)


def nothing_logged(production: Production) -> None:
    """The endpoint was asked nothing."""


def of_another_version(production: Production) -> None:
    logged(production.blobs, sample(1000, seed=1), version="2")


def cut_short(production: Production) -> None:
    log = logged(production.blobs, sample(1000, seed=1))
    content = production.blobs.read(log.container, log.path)
    production.blobs.upload(log.container, log.path, content[: len(content) // 2])


def column_lacks(production: Production) -> None:
    logged(production.blobs, sample(1000, seed=1), excluded=("b",))


def no_model(production: Production) -> None:
    logged(production.blobs, sample(1000, seed=1))
    production.version = replace(production.version, sha256="0" * 64)


def no_data(production: Production) -> None:
    logged(production.blobs, sample(1000, seed=1))
    production.version = replace(production.version, manifest="forgotten")


def few_rows(production: Production) -> None:
    logged(production.blobs, sample(150, seed=1, shift=3.0))


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (nothing_logged, "0"),
        (of_another_version, "0"),
        (few_rows, "150"),
        (cut_short, "inference/digits/2026/11/21/08/a-1.parquet"),
        (column_lacks, "b"),
        (no_model, "no profile of what version 1 was trained on"),
        (no_data, "no profile of what version 1 was trained on"),
    ],
)
def test_whatever_fails_is_unknown_and_says_what(trouble: Callable[[Production], None], said: str):
    production = Production()
    trouble(production)
    found = production.judge()
    assert (found.verdict, found.calm) == ("unknown", False)
    assert said in found.sentence
    assert production.report().verdict.verdict == "unknown"
    assert "unknown" in production.page().lower()


def test_version_that_cannot_be_profiled_tells_its_lane():
    production = Production()
    production.version = replace(production.version, sha256="0" * 64)
    production.judge()
    (found,) = [one for one in production.lane() if isinstance(one, ReferenceProfiled)]
    assert "SHA-256" in (found.problem or "")


def test_reference_that_was_spoilt_is_unknown():
    production = Production()
    logged(production.blobs, sample(1000, seed=1))
    production.judge()
    production.ports.messages.waiting.clear()
    production.ports.messages.forget()
    production.blobs.write("reports", "digits/reference/1.profile", b"spoilt")
    judge = JudgeWindow(model="digits", window=WINDOW, version=production.version)
    production.do(judge)
    (found,) = production.lane()
    assert isinstance(found, WindowJudged)
    assert found.verdict == "unknown"


def test_extreme_rows_are_judged_without_a_warning():
    production = Production()
    columns = {"a": np.full(1000, 3e38), "b": np.zeros(1000)}
    logged(production.blobs, columns)
    found = production.judge()
    assert found.verdict == "drifted"
    assert {one.name for one in found.columns} >= {"a", "b"}
