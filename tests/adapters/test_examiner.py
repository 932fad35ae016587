"""What the examiner takes of a run to admission, beyond the contract of its port."""

import pytest

from adapters.examiner import ScoringExaminer
from adapters.memory.blobs import MemoryBlobs
from decisions.ports import Admitted, Refused
from tests.contracts.test_examiner import parquet
from tests.scoring.models import classifier, digest

MODEL = classifier([0, 1], columns=["a", "b"])


@pytest.fixture
def blobs() -> MemoryBlobs:
    blobs = MemoryBlobs()
    blobs.write("runs", "r/model/model.onnx", MODEL)
    return blobs


def test_model_of_a_run_without_test_rows_is_admitted(blobs: MemoryBlobs):
    assert ScoringExaminer(blobs).admit("r") == Admitted(sha256=digest(MODEL))


def test_model_that_scores_its_runs_test_rows_is_admitted(blobs: MemoryBlobs):
    blobs.write("runs", "r/evidence/test.parquet", parquet({"b": [1], "a": [0], "label": [1]}))
    assert ScoringExaminer(blobs).admit("r") == Admitted(sha256=digest(MODEL))


@pytest.mark.parametrize(
    ("evidence", "code"),
    [(parquet({"a": [1], "label": [1]}), "rows"), (b"no parquet", "evidence")],
    ids=["column missing", "not Parquet"],
)
def test_model_that_cannot_score_its_runs_test_rows_is_refused(
    blobs: MemoryBlobs, evidence: bytes, code: str
):
    blobs.write("runs", "r/evidence/test.parquet", evidence)
    verdict = ScoringExaminer(blobs).admit("r")
    assert isinstance(verdict, Refused)
    assert verdict.code == code


def test_run_without_a_model_is_refused():
    verdict = ScoringExaminer(MemoryBlobs()).admit("r")
    assert isinstance(verdict, Refused)
    assert verdict.code == "no_model"
