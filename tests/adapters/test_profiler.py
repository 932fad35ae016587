"""Training data and inference logs become comparable rows; only those that count are taken."""

import hashlib
import json
from datetime import timedelta
from typing import Any

import msgspec
import numpy as np
import pytest

from adapters.memory.blobs import MemoryBlobs
from adapters.profiler.profiler import DriftProfiler
from decisions.actions import Version
from decisions.errors import Rejected
from decisions.events import Window
from decisions.policies import DriftPolicy
from decisions.ports import BlobVersion
from drift.policy import Judging
from drift.results import ColumnVerdict, Verdict
from tests.contracts.production import EIGHT, RUN, WINDOW, logged, sample, table, trained
from tests.scoring.models import classifier, regressor

HOUR = timedelta(hours=1)
TENTHS = [0.1, 0.2, 0.3, 0.7] * 500


def judge(
    blobs: MemoryBlobs, version: Version, *logs: BlobVersion, window: Window = WINDOW, **policy: Any
) -> Verdict:
    profiler = DriftProfiler(blobs)
    reference = profiler.reference("digits", version)
    part = profiler.profile(logs, window, version, reference)
    return profiler.judge(reference, [part], DriftPolicy(**policy)).verdict


def names(verdict: Verdict) -> set[str]:
    return {column.name for column in verdict.columns}


def column(verdict: Verdict, name: str) -> ColumnVerdict:
    (found,) = (one for one in verdict.columns if one.name == name)
    return found


def test_columns_are_those_of_the_model_and_its_prediction():
    blobs = MemoryBlobs()
    verdict = judge(blobs, trained(blobs), logged(blobs, sample(1000, seed=1)))
    assert names(verdict) == {"a", "b", "prediction"}
    assert column(verdict, "prediction").kind == "categorical"


def test_predictions_that_moved_are_drift_of_their_own():
    blobs = MemoryBlobs()
    version = trained(blobs)
    verdict = judge(blobs, version, logged(blobs, sample(1000, seed=1, shift=2.0)))
    assert column(verdict, "prediction").drifted


def test_quantities_are_compared_as_numbers():
    blobs = MemoryBlobs()
    model = regressor([1.0, 2.0], columns=["a", "b"])
    log = logged(blobs, sample(1000, seed=1), model=model)
    assert column(judge(blobs, trained(blobs, model=model), log), "prediction").kind == "numeric"


def test_values_are_compared_as_the_model_takes_them():
    blobs = MemoryBlobs()
    rows = {"a": TENTHS, "b": np.linspace(0, 1, 2000)}
    version = trained(blobs, {"digits/a.parquet": table(rows)})
    verdict = judge(blobs, version, logged(blobs, rows))
    assert (verdict.verdict, column(verdict, "a").score) == ("stable", 0.0)


def test_rows_that_the_model_does_not_take_are_left_out():
    blobs = MemoryBlobs()
    rows = sample(2000, seed=0)
    rows["a"][:500] = np.nan
    rows["b"][500:600] = np.inf
    rows["b"][600:700] = 1e300
    version = trained(blobs, {"digits/a.parquet": table(rows)})
    assert judge(blobs, version, logged(blobs, sample(1000, seed=1))).rows.reference == 1300


def test_training_data_may_be_in_several_files_and_formats():
    blobs = MemoryBlobs()
    rows = sample(600, seed=0)
    lines = [f"{a},{b},x" for a, b in zip(rows["a"], rows["b"], strict=True)]
    objects = [{"b": float(b), "a": float(a)} for a, b in zip(rows["a"], rows["b"], strict=True)]
    files = {
        "digits/a.parquet": table(rows),
        "digits/b c%.csv": "\n".join(["a,b,label", *lines]).encode(),
        "digits/c.jsonl": b"\n".join(msgspec.json.encode(one) for one in objects),
    }
    version = trained(blobs, files)
    verdict = judge(blobs, version, logged(blobs, sample(1000, seed=1)))
    assert (verdict.verdict, verdict.rows.reference) == ("stable", 1800)


def test_rows_that_the_run_left_as_its_reference_are_taken_instead_of_its_manifest():
    blobs = MemoryBlobs()
    version = trained(blobs)
    place = f"{RUN}/evidence/reference.parquet"
    blobs.write("runs", place, table(sample(300, seed=0)))
    verdict = judge(blobs, version, logged(blobs, sample(1000, seed=1)))
    assert verdict.rows.reference == 300


def test_only_rows_of_the_window_and_the_version_count():
    blobs = MemoryBlobs()
    logs = [
        logged(blobs, sample(300, seed=1), name="start", at=EIGHT),
        logged(
            blobs, sample(300, seed=2), name="late", at=EIGHT + HOUR - timedelta(microseconds=1)
        ),
        logged(blobs, sample(500, seed=3, shift=9.0), name="early", at=EIGHT - HOUR),
        logged(blobs, sample(500, seed=4, shift=9.0), name="end", at=EIGHT + HOUR),
        logged(blobs, sample(500, seed=5, shift=9.0), name="canary", version="2"),
    ]
    verdict = judge(blobs, trained(blobs), *logs)
    assert (verdict.verdict, verdict.rows.current) == ("stable", 600)


def test_log_of_another_layout_and_version_does_no_harm():
    blobs = MemoryBlobs()
    other = classifier(["x", "y", "z"], columns=["a", "c", "d"])
    rows = {name: np.zeros(50) for name in ("a", "c", "d")}
    canary = logged(blobs, rows, name="canary", version="2", model=other)
    verdict = judge(blobs, trained(blobs), canary, logged(blobs, sample(1000, seed=1)))
    assert verdict.verdict == "stable"


def test_column_that_is_not_logged_makes_the_window_unknown():
    blobs = MemoryBlobs()
    version = trained(blobs)
    log = logged(blobs, sample(1000, seed=1), excluded=("b",))
    verdict = judge(blobs, version, log)
    assert verdict.verdict == "unknown"
    assert "b" in verdict.reason
    assert judge(blobs, version, log, ignore=("b",)).verdict == "stable"


def test_column_that_the_policy_names_and_nobody_has_is_rejected_by_name():
    blobs = MemoryBlobs()
    version, log = trained(blobs), logged(blobs, sample(1000, seed=1))
    with pytest.raises(Rejected, match="`z`"):
        judge(blobs, version, log, columns=("a", "z"))


def test_policy_names_the_columns_to_judge():
    blobs = MemoryBlobs()
    version, log = trained(blobs), logged(blobs, sample(1000, seed=1, shift=2.0))
    assert names(judge(blobs, version, log, columns=("b",))) == {"b"}
    assert judge(blobs, version, log, columns=("b",)).verdict == "stable"
    assert names(judge(blobs, version, log, ignore=("a", "prediction"))) == {"b"}


def test_statistic_is_that_of_the_policy():
    blobs = MemoryBlobs()
    judging = Judging(numeric="ks", categorical="total_variation")
    log = logged(blobs, sample(1000, seed=1, shift=2.0))
    verdict = judge(blobs, trained(blobs), log, judging=judging)
    assert {one.name: one.statistic for one in verdict.columns} == {
        "a": "ks",
        "b": "ks",
        "prediction": "total_variation",
    }


def test_model_without_names_is_compared_by_position():
    blobs = MemoryBlobs()
    model = classifier([0, 1])
    version = trained(blobs, {"digits/a.parquet": table(sample(2000, seed=0))}, model)
    verdict = judge(blobs, version, logged(blobs, sample(1000, seed=1), model=model))
    assert names(verdict) == {"0", "1", "prediction"}


def changed(blobs: MemoryBlobs) -> Version:
    version = trained(blobs)
    blobs.upload("data", "digits/a.parquet", b"other rows")
    return version


def exchanged(blobs: MemoryBlobs) -> Version:
    version = trained(blobs)
    blobs.write("runs", f"{RUN}/model/model.onnx", classifier([1, 0], columns=["a", "b"]))
    return version


def without_model(blobs: MemoryBlobs) -> Version:
    return Version(version="1", run="gone", sha256=hashlib.sha256(b"").hexdigest(), manifest="m1")


def without_files(blobs: MemoryBlobs) -> Version:
    version = trained(blobs)
    blobs.write("manifests", "digits/m1.json", json.dumps({"files": []}).encode())
    return version


def of_text(blobs: MemoryBlobs) -> Version:
    return trained(blobs, {"digits/a.parquet": table({"a": ["x"] * 9, "b": [1.0] * 9})})


def without_column(blobs: MemoryBlobs) -> Version:
    return trained(blobs, {"digits/a.parquet": table({"a": [1.0] * 9})})


def cut_short(blobs: MemoryBlobs) -> Version:
    return trained(blobs, {"digits/a.parquet": table(sample(90, seed=0))[:-9]})


def empty(blobs: MemoryBlobs) -> Version:
    return trained(blobs, {"digits/a.parquet": table({"a": [np.nan], "b": [1.0]})})


@pytest.mark.parametrize(
    ("prepare", "reason"),
    [
        (changed, "digits/a.parquet"),
        (exchanged, "SHA-256"),
        (without_model, "gone/model/model.onnx"),
        (without_files, "no row"),
        (of_text, "holds string in its column `a`; the model takes float32"),
        (without_column, "has no column `b`; it has `a`"),
        (cut_short, "data/digits/a.parquet"),
        (empty, "no row"),
    ],
    ids=[
        "a file changed since",
        "another model",
        "no model",
        "no files",
        "text",
        "a column lacks",
        "cut short",
        "no row to score",
    ],
)
def test_version_that_cannot_be_profiled_says_why(prepare: Any, reason: str):
    blobs = MemoryBlobs()
    with pytest.raises(Rejected) as raised:
        DriftProfiler(blobs).reference("digits", prepare(blobs))
    assert reason in str(raised.value)


@pytest.mark.parametrize("content", [b"", b"PAR1", table({"a": [1.0]}), b"\x00" * 5000])
def test_file_that_is_no_log_is_rejected_by_name(content: bytes):
    blobs = MemoryBlobs()
    version = trained(blobs)
    log = logged(blobs, sample(9, seed=1))
    stranger = blobs.upload("inference", "digits/2026/11/21/08/odd.parquet", content)
    reference = DriftProfiler(blobs).reference("digits", version)
    with pytest.raises(Rejected, match=r"odd\.parquet"):
        DriftProfiler(blobs).profile([log, stranger], WINDOW, version, reference)


@pytest.mark.parametrize("content", [b"", b"profile", b"\x81\xa6schema\xff"])
def test_profile_that_cannot_be_read_is_rejected(content: bytes):
    with pytest.raises(Rejected):
        DriftProfiler(MemoryBlobs()).judge(content, [content], DriftPolicy())
