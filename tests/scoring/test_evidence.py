"""What a run leaves to be judged by is read, or what is wrong with it is said."""

from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow.parquet import write_table

from scoring.errors import BadEvidence
from scoring.evidence import read_test_rows, read_training_digests


def leave(folder: Path, *, tested: list[str], trained: list[str]) -> Path:
    test = {"a": [1.0, 2.0], "b": [3, 4], "label": ["x", "y"]}
    write_table(pa.table(test), folder / "test.parquet")
    split = ["test"] * len(tested) + ["train"] * len(trained)
    rows = pa.table(
        {"digest": pa.array(tested + trained, pa.string()), "split": pa.array(split, pa.string())}
    )
    write_table(rows, folder / "rows.parquet")
    return folder


def test_reads_features_labels_and_digests(tmp_path: Path):
    folder = leave(tmp_path, tested=["d1", "d2"], trained=["d3", "d4", "d5"])
    rows = read_test_rows(folder)
    assert {name: values.tolist() for name, values in rows.features.items()} == {
        "a": [1.0, 2.0],
        "b": [3, 4],
    }
    assert rows.labels.tolist() == ["x", "y"]
    assert rows.digests == {"d1", "d2"}
    assert read_training_digests(folder) == {"d3", "d4", "d5"}


def test_a_truncated_file_is_named(tmp_path: Path):
    path = leave(tmp_path, tested=["d1"], trained=["d2"]) / "test.parquet"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(BadEvidence, match=r"test\.parquet cannot be read"):
        read_test_rows(tmp_path)


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(BadEvidence, match=r"rows\.parquet cannot be read"):
        read_training_digests(tmp_path)


def test_digests_of_rows_that_are_not_there_are_refused(tmp_path: Path):
    with pytest.raises(BadEvidence, match="names 3 test rows"):
        read_test_rows(leave(tmp_path, tested=["d1", "d2", "d3"], trained=[]))


def test_evidence_that_names_no_rows_is_refused(tmp_path: Path):
    leave(tmp_path, tested=[], trained=[])
    with pytest.raises(BadEvidence, match="names no test row"):
        read_test_rows(tmp_path)
    with pytest.raises(BadEvidence, match="names no train row"):
        read_training_digests(tmp_path)


def test_a_test_set_without_labels_is_refused(tmp_path: Path):
    leave(tmp_path, tested=["d1"], trained=[])
    write_table(pa.table({"a": [1.0]}), tmp_path / "test.parquet")
    with pytest.raises(BadEvidence, match="has no column 'label'"):
        read_test_rows(tmp_path)
