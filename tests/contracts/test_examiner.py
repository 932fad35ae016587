"""What every adapter of the port `Examiner` keeps to, in memory and on real models and files."""

import io
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from adapters.examiner import ScoringExaminer
from adapters.memory.blobs import MemoryBlobs
from adapters.memory.examiner import MemoryExaminer
from decisions.actions import Version
from decisions.policies import GatePolicy
from decisions.ports import Admitted, BlobVersion, Examiner, Refused
from tests.scoring.models import classifier

ROWS = 100
GATE = GatePolicy(metric="accuracy")
SCORES = {"good": 1.0, "biased": 0.94}


class Side(Protocol):
    """A port, and the strangers who leave runs and files for it."""

    @property
    def port(self) -> Examiner: ...

    def run(self, name: str) -> None: ...

    def harmful_run(self, name: str) -> None: ...

    def file(self, *, broken: bool) -> BlobVersion: ...


class MemorySide:
    def __init__(self) -> None:
        self.port = MemoryExaminer()

    def run(self, name: str) -> None:
        self.port.scores[name] = SCORES[name]

    def harmful_run(self, name: str) -> None:
        self.port.harmful[name] = Refused(code="not_onnx", reason="it is no ONNX model")

    def file(self, *, broken: bool) -> BlobVersion:
        if broken:
            self.port.unfit["digits/a.parquet"] = "the file is cut short"
        return BlobVersion(container="data", path="digits/a.parquet", etag="1", size=9)


class RealSide:
    def __init__(self) -> None:
        self.blobs = MemoryBlobs()
        self.port = ScoringExaminer(self.blobs)

    def run(self, name: str) -> None:
        offset = 0.0 if name == "good" else 1.0
        self.blobs.write("runs", f"{name}/model/model.onnx", classifier([0, 1], offset=offset))
        split = ["test"] * ROWS + ["train"]
        rows = {"digest": [f"row-{number}" for number in range(ROWS + 1)], "split": split}
        self.blobs.write("runs", f"{name}/evidence/test.parquet", parquet(held_back()))
        self.blobs.write("runs", f"{name}/evidence/rows.parquet", parquet(rows))

    def harmful_run(self, name: str) -> None:
        self.blobs.write("runs", f"{name}/model/model.onnx", b"no model")

    def file(self, *, broken: bool) -> BlobVersion:
        content = parquet(held_back())
        return self.blobs.upload("data", "digits/a.parquet", content[:-9] if broken else content)


def held_back() -> dict[str, Any]:
    """Rows whose label is the column of the larger number; in 12 of 100 the lead is small."""
    labels = [number % 2 for number in range(ROWS)]
    leads = [0.5 if number < 12 else 5.0 for number in range(ROWS)]
    pairs = list(zip(labels, leads, strict=True))
    return {
        "a": [lead if label == 0 else 0.0 for label, lead in pairs],
        "b": [lead if label == 1 else 0.0 for label, lead in pairs],
        "label": labels,
    }


def parquet(columns: dict[str, Any]) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


@pytest.fixture(params=["memory", "real"])
def side(request: pytest.FixtureRequest) -> Side:
    return MemorySide() if request.param == "memory" else RealSide()


def pinned(side: Side, run: str) -> str:
    verdict = side.port.admit(run)
    assert isinstance(verdict, Admitted)
    return verdict.sha256


def test_whole_file_has_no_problem(side: Side):
    assert side.port.inspect(side.file(broken=False)) is None


def test_broken_file_has_one_in_words(side: Side):
    assert "cut short" in (side.port.inspect(side.file(broken=True)) or "")


def test_harmless_model_is_pinned_by_its_digest(side: Side):
    side.run("good")
    assert len(bytes.fromhex(pinned(side, "good"))) == 32
    assert pinned(side, "good") == pinned(side, "good")


def test_harmful_model_is_refused_with_code_and_reason(side: Side):
    side.harmful_run("bad")
    verdict = side.port.admit("bad")
    assert isinstance(verdict, Refused)
    assert verdict.code
    assert verdict.reason


def test_first_model_is_scored_alone(side: Side):
    side.run("good")
    found = side.port.evaluate("good", pinned(side, "good"), None, GATE)
    assert (found.metric, found.challenger, found.champion) == ("accuracy", 1.0, None)
    assert (found.champion_score, found.gain, found.incomparable) == (None, None, None)


@pytest.mark.parametrize(
    ("challenger", "champion", "gain"), [("good", "biased", 0.06), ("biased", "good", -0.06)]
)
def test_challenger_is_compared_with_the_champion(
    side: Side, challenger: str, champion: str, gain: float
):
    side.run("good")
    side.run("biased")
    best = Version(version="7", run=champion, sha256=pinned(side, champion), manifest="m")
    found = side.port.evaluate(challenger, pinned(side, challenger), best, GATE)
    assert found.champion == "7"
    assert (found.challenger, found.champion_score) == (SCORES[challenger], SCORES[champion])
    assert found.gain == pytest.approx(gain)
    assert found.lower is not None
    assert found.lower <= gain + 1e-9
    assert found.confidence == 0.95


def test_question_is_the_same_every_time(side: Side):
    side.run("good")
    assert side.port.question("good") == side.port.question("good") != b""
