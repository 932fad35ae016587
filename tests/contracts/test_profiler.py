"""What every adapter of the port `Profiler` keeps to, in memory and on real models and files."""

from typing import Protocol

import pytest

from adapters.memory.blobs import MemoryBlobs
from adapters.memory.profiler import MemoryProfiler
from adapters.profiler.profiler import DriftProfiler
from decisions.actions import Version
from decisions.errors import Rejected
from decisions.policies import DriftPolicy
from decisions.ports import BlobVersion, Judged, Profiler
from drift.report.document import Report, dumps
from tests.contracts.production import EIGHT, RUN, WINDOW, logged, sample, trained

POLICY = DriftPolicy()


class Side(Protocol):
    """A port, a version that it can profile, and the logs of what production asks."""

    @property
    def port(self) -> Profiler: ...

    @property
    def version(self) -> Version: ...

    def log(self, *, shift: float = 0.0, rows: int = 1000) -> BlobVersion: ...

    def broken_log(self) -> BlobVersion: ...

    def forget(self) -> None:
        """Lose what the version was trained on."""


class MemorySide:
    def __init__(self) -> None:
        self.port = MemoryProfiler()
        self.version = Version(version="1", run=RUN, sha256="s", manifest="m1")
        self._logs = 0

    def log(self, *, shift: float = 0.0, rows: int = 1000) -> BlobVersion:
        self._logs += 1
        blob = BlobVersion(container="inference", path=f"a-{self._logs}", etag="1", size=9)
        self.port.rows, self.port.scores[blob.path] = rows, shift
        return blob

    def broken_log(self) -> BlobVersion:
        blob = self.log()
        self.port.broken[blob.path] = "it is cut short"
        return blob

    def forget(self) -> None:
        self.port.broken[RUN] = "it left no data"


class RealSide:
    def __init__(self) -> None:
        self.blobs = MemoryBlobs()
        self.port = DriftProfiler(self.blobs)
        self.version = trained(self.blobs)
        self._logs = 0

    def log(self, *, shift: float = 0.0, rows: int = 1000) -> BlobVersion:
        self._logs += 1
        columns = sample(rows, seed=self._logs, shift=shift)
        return logged(self.blobs, columns, name=f"a-{self._logs}")

    def broken_log(self) -> BlobVersion:
        blob = self.log()
        content = self.blobs.read(blob.container, blob.path)
        return self.blobs.upload(blob.container, blob.path, content[:-9])

    def forget(self) -> None:
        self.version = Version(
            version="1", run=RUN, sha256=self.version.sha256, manifest="forgotten"
        )


@pytest.fixture(params=["memory", "real"])
def side(request: pytest.FixtureRequest) -> Side:
    return MemorySide() if request.param == "memory" else RealSide()


def judged(side: Side, *parts: list[BlobVersion], policy: DriftPolicy = POLICY) -> Judged:
    reference = side.port.reference("digits", side.version)
    profiles = [side.port.profile(part, WINDOW, side.version, reference) for part in parts]
    return side.port.judge(reference, profiles, policy)


def test_production_as_it_was_trained_for_is_stable(side: Side):
    verdict = judged(side, [side.log(), side.log()]).verdict
    assert (verdict.verdict, verdict.calm) == ("stable", True)
    assert verdict.rows.current == 2000
    assert verdict.reason


def test_production_that_moved_is_drifted_and_its_column_named(side: Side):
    verdict = judged(side, [side.log(shift=1.0)]).verdict
    assert (verdict.verdict, verdict.calm) == ("drifted", False)
    worst = verdict.columns[0]
    assert worst.drifted
    assert worst.statistic == "psi"
    assert worst.score is not None
    assert worst.score > (worst.threshold or 0) > 0


def test_parts_are_judged_as_the_whole(side: Side):
    first, second = side.log(shift=1.0), side.log()
    whole = judged(side, [first, second]).verdict
    parts = judged(side, [first], [second]).verdict
    assert (parts.verdict, parts.rows) == (whole.verdict, whole.rows)
    assert parts.columns[0].score == pytest.approx(whole.columns[0].score, rel=0.05)


def test_few_rows_are_unknown(side: Side):
    assert judged(side, [side.log(shift=1.0, rows=100)]).verdict.verdict == "unknown"


def test_no_rows_are_unknown(side: Side):
    verdict = judged(side, []).verdict
    assert (verdict.verdict, verdict.rows.current) == ("unknown", 0)


def test_threshold_is_that_of_the_policy(side: Side):
    judging = DriftPolicy().judging
    lenient = DriftPolicy(judging=type(judging)(threshold=50.0))
    assert judged(side, [side.log(shift=1.0)], policy=lenient).verdict.verdict == "stable"


def test_log_that_cannot_be_read_is_rejected_by_name(side: Side):
    log = side.broken_log()
    reference = side.port.reference("digits", side.version)
    with pytest.raises(Rejected, match=log.path.rpartition("/")[2]):
        side.port.profile([log], WINDOW, side.version, reference)


def test_version_whose_training_data_is_lost_is_rejected(side: Side):
    side.forget()
    with pytest.raises(Rejected):
        side.port.reference("digits", side.version)


def test_profiles_are_the_same_every_time(side: Side):
    logs = [side.log(), side.log()]
    first = side.port.reference("digits", side.version)
    assert side.port.reference("digits", side.version) == first
    profiles = [side.port.profile(logs, WINDOW, side.version, first) for _ in range(2)]
    assert profiles[0] == profiles[1] != b""


def test_report_becomes_a_page(side: Side):
    found = judged(side, [side.log(shift=1.0)])
    report = Report(
        title="digits",
        version="1",
        made_at=EIGHT,
        reference="training",
        current="inference",
        verdict=found.verdict,
        compared=found.compared,
    )
    page = side.port.page(dumps(report)).decode()
    assert page.lower().startswith("<!doctype html>")
    assert "digits" in page
