"""The story's data and the example's steps: each chapter makes the model that the story needs."""

import importlib
import io
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import onnxruntime
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from jsonschema import Draft7Validator
from scipy.stats import binomtest
from sklearn.datasets import load_digits

from examples.digits import data
from scoring.columns import matrix_of_columns
from scoring.signature import read_signature

ROOT = Path("examples/digits")


# MLflow, when it first writes a model, remarks on type hints of its own.
REMARK = pytest.mark.filterwarnings("ignore:.*type hint is inferred as AnyType:UserWarning")


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> dict[str, ModuleType]:
    """The step scripts, which import each other as they do when they run."""
    monkeypatch.syspath_prepend(str((ROOT / "src").resolve()))
    return {name: importlib.import_module(name) for name in ("rows", "prepare", "train")}


@pytest.fixture(scope="module")
def chapters(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    return data.write(tmp_path_factory.mktemp("data"))


def table(chapters: dict[str, list[Path]], *names: str) -> pa.Table:
    return pa.concat_tables([pq.read_table(path) for name in names for path in chapters[name]])


def right(steps: dict[str, ModuleType], model: Any, test: pa.Table) -> np.ndarray:
    rows = steps["rows"]
    return np.asarray(model.predict(rows.features(test)) == rows.labels(test))


def chance(better: np.ndarray, worse: np.ndarray) -> float:
    """The p-value of a one-sided exact paired test: that the first is better by chance."""
    wins, losses = int((better & ~worse).sum()), int((worse & ~better).sum())
    return float(binomtest(wins, wins + losses, alternative="greater").pvalue)


@pytest.fixture
def story(steps: dict[str, ModuleType], chapters: dict[str, list[Path]]) -> list[tuple[Any, Any]]:
    """After each chapter: the model learnt from all that is there, and its test rows."""
    made = []
    more = ("first", "more")
    for names in (("first",), more, (*more, "shuffled"), (*more, "scanned")):
        train, test, _ = steps["prepare"].split(table(chapters, *names))
        rows = steps["rows"]
        made.append((steps["train"].fit(rows.features(train), rows.labels(train)), test))
    return made


def test_the_first_model_is_middling(story: Any, steps: dict[str, ModuleType]):
    model, test = story[0]
    assert 0.78 < right(steps, model, test).mean() < 0.88


def test_more_data_make_a_better_model_beyond_chance(story: Any, steps: dict[str, ModuleType]):
    (first, _), (second, test), *_ = story
    old, new = right(steps, first, test), right(steps, second, test)
    assert new.mean() > 0.95
    assert chance(new, old) < 0.001


def test_rows_of_the_new_scanner_make_a_better_model_beyond_chance(
    story: Any, steps: dict[str, ModuleType]
):
    _, (second, _), _, (fourth, test) = story
    old, new = right(steps, second, test), right(steps, fourth, test)
    assert new.mean() > old.mean() + 0.03
    assert chance(new, old) < 0.001


def test_shuffled_labels_make_a_worse_model_beyond_chance(story: Any, steps: dict[str, ModuleType]):
    _, (second, _), (third, test), _ = story
    old, new = right(steps, second, test), right(steps, third, test)
    assert new.mean() < old.mean() - 0.03
    assert chance(old, new) < 0.001


def test_a_test_row_is_never_learnt_from_in_any_chapter(
    steps: dict[str, ModuleType], chapters: dict[str, list[Path]]
):
    sides: dict[str, set[str]] = {}
    for names in (("first",), ("first", "more"), ("shuffled", "more", "first")):
        _, _, rows = steps["prepare"].split(table(chapters, *names))
        for row in rows.to_pylist():
            sides.setdefault(row["digest"], set()).add(row["split"])
    assert len(sides) == 1797
    assert all(len(side) == 1 for side in sides.values())


def test_a_fifth_of_the_rows_is_for_testing(
    steps: dict[str, ModuleType], chapters: dict[str, list[Path]]
):
    _, test, _ = steps["prepare"].split(table(chapters, "first", "more", "shuffled"))
    assert 0.18 < len(test) / 1797 < 0.22


def test_the_identity_of_a_row_is_the_digest_of_its_pixels(steps: dict[str, ModuleType]):
    blank = steps["rows"].digests(np.zeros((1, 64), dtype="<f4"))
    # sha256 of 256 zero bytes, from coreutils.
    assert blank == ["5341e6b2646979a70e57653007a1f310169421ec9bdd9f1a5648f75ade005af1"]


def test_the_same_files_come_out_every_time(chapters: dict[str, list[Path]], tmp_path: Path):
    again = data.write(tmp_path)
    assert {name: len(paths) for name, paths in again.items()} == {
        "first": 3,
        "more": 4,
        "shuffled": 1,
        "scanned": 4,
        "asked": 2,
        "truncated": 1,
    }
    for name, paths in again.items():
        assert [one.read_bytes() for one in paths] == [one.read_bytes() for one in chapters[name]]


def test_a_file_of_the_million_repeats_the_digits_with_ids_and_gaps():
    pixels = load_digits(return_X_y=True)[0].astype("u1")
    found = data.due(pixels, 100_000)
    assert found.num_rows == 50_000
    assert found["id"].to_pylist()[:2] == [100_000, 100_001]
    # 100,001 is 55 times 1,797 and 1,166.
    assert found["pixel_27"][1].as_py() == pixels[1_166, 27]
    gaps = found.filter(found["pixel_27"].is_null())
    assert gaps["id"].to_pylist() == [100_000]


def test_a_truncated_file_is_refused_by_name(
    steps: dict[str, ModuleType], chapters: dict[str, list[Path]]
):
    content = chapters["truncated"][0].read_bytes()
    with pytest.raises(SystemExit, match="https://a/b is not a readable Parquet file"):
        steps["prepare"].parse("https://a/b", content)


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"pixel_0": [1.0]}, "lacks the column pixel_1"),
        ({**{f"pixel_{n}": [1.0] for n in range(64)}, "label": [None]}, "empty cells"),
    ],
    ids=["missing column", "empty cell"],
)
def test_a_file_of_another_shape_is_refused_by_name(
    steps: dict[str, ModuleType], columns: dict[str, Any], sentence: str
):
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    with pytest.raises(SystemExit, match=f"https://a/b .*{sentence}"):
        steps["prepare"].parse("https://a/b", file.getvalue())


@REMARK
def test_the_onnx_model_reads_the_digits_as_the_classifier_does(
    story: Any, steps: dict[str, ModuleType], tmp_path: Path
):
    model, test = story[1]
    pixels = steps["rows"].features(test)
    steps["train"].save(steps["train"].convert(model, pixels), tmp_path / "model", "the-run")
    session = onnxruntime.InferenceSession(tmp_path / "model" / "model.onnx")
    (given,) = session.get_inputs()
    labels, probabilities = session.run(None, {given.name: pixels})
    assert (labels == model.predict(pixels)).all()
    assert probabilities.shape == (len(test), 10)


@REMARK
def test_the_saved_model_names_its_run_and_its_columns(
    story: Any, steps: dict[str, ModuleType], tmp_path: Path
):
    model, test = story[0]
    pixels = steps["rows"].features(test)
    steps["train"].save(steps["train"].convert(model, pixels), tmp_path / "model", "the-run")
    described = yaml.safe_load((tmp_path / "model" / "MLmodel").read_text())
    columns = [column["name"] for column in json.loads(described["signature"]["inputs"])]
    assert (described["run_id"], described["artifact_path"]) == ("the-run", "model")
    assert columns == [f"pixel_{place}" for place in range(64)]
    assert described["flavors"]["onnx"]["data"] == "model.onnx"


@REMARK
def test_rows_of_the_saved_model_are_matched_by_column_name(
    story: Any, steps: dict[str, ModuleType], tmp_path: Path
):
    model, test = story[0]
    pixels = steps["rows"].features(test)
    steps["train"].save(steps["train"].convert(model, pixels), tmp_path / "model", "the-run")
    session = onnxruntime.InferenceSession(tmp_path / "model" / "model.onnx")
    turned = {f"pixel_{place}": pixels[:, place] for place in reversed(range(64))}
    matrix = matrix_of_columns(turned, read_signature(session))
    assert (matrix == pixels).all()
    assert session.get_modelmeta().producer_name == "skl2onnx"


@pytest.mark.parametrize(
    ("file", "schema"),
    [
        ("pipeline.yml", "pipelineComponent"),
        *(
            (f"components/{step}.yml", "commandComponent")
            for step in ("prepare", "train", "evaluate")
        ),
    ],
)
def test_the_yaml_is_what_the_command_line_takes(file: str, schema: str):
    document = yaml.safe_load((ROOT / file).read_text())
    rules = json.loads(Path(f"tests/specs/azureml-cli/{schema}.schema.json").read_text())
    assert list(Draft7Validator(rules).iter_errors(document)) == []


def test_the_pipeline_keeps_the_contract_that_ratchet_submits_by():
    pipeline = yaml.safe_load((ROOT / "pipeline.yml").read_text())
    assert {name: port["type"] for name, port in pipeline["inputs"].items()} == {
        "manifest": "string"
    }
    assert {name: port["type"] for name, port in pipeline["outputs"].items()} == {
        "model": "uri_folder",
        "evidence": "uri_folder",
    }
