"""`ratchet score` on models and files as people have them."""

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from adapters.clients import blob_service
from tests.cli.conftest import Deployment
from tests.cli.data import write
from tests.cli.shell import Called, ratchet
from tests.scoring.models import classifier, digest, external, in_folder, regressor

MODEL = regressor([1.0, 10.0], columns=["a", "b"])
TABLE = pd.DataFrame({"id": ["x", "y", "z"], "a": [1.0, 2.0, 3.0], "b": [4.0, 5.0, 6.0]})
SCORED = {"x": 41.0, "y": 52.0, "z": 63.0}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model as file and folder, and the same rows in every format."""
    (tmp_path / "model.onnx").write_bytes(MODEL)
    in_folder(tmp_path / "model", MODEL)
    (tmp_path / "yes_or_no.onnx").write_bytes(classifier(["no", "yes"], columns=["a", "b"]))
    (tmp_path / "reaching.onnx").write_bytes(external("../../etc/passwd"))
    for name in ("rows.parquet", "rows.csv", "rows.jsonl", "rows.csv.gz", "rows.jsonl.bz2"):
        write(TABLE, tmp_path / name)
    (tmp_path / "bad.csv").write_text("id,a,b\nx,1,4\ny,much,5\nz,3,\n")
    return tmp_path


@pytest.fixture
def call(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Called:
    """The command among the files."""
    monkeypatch.chdir(folder)
    return Called(capsys)


def scored(path: Path) -> dict[str, float]:
    """What another reader finds in an output."""
    name = path.name.removesuffix(".gz").removesuffix(".zst")
    reader: Any = {
        ".parquet": pd.read_parquet,
        ".csv": pd.read_csv,
        ".jsonl": lambda file: pd.read_json(file, lines=True),
    }[Path(name).suffix]
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    frame = reader(io.BytesIO(content))
    assert list(frame) == ["id", "prediction"]
    return dict(zip(frame["id"], frame["prediction"], strict=True))


@pytest.mark.parametrize("name", ["rows.parquet", "rows.csv", "rows.csv.gz", "rows.jsonl.bz2"])
@pytest.mark.parametrize("output", ["out.parquet", "out.csv", "out.jsonl.gz"])
def test_rows_of_any_format_are_scored_into_any_other(
    call: Called, folder: Path, name: str, output: str
):
    said = call("score", "model.onnx", name, "-o", output)
    assert said.code == 0, said.err
    assert scored(folder / output) == SCORED
    assert not list(folder.glob("*.rejects.jsonl"))
    assert not list(folder.glob(".*"))


def test_files_of_several_formats_become_one(call: Called, folder: Path):
    said = call(
        "score", "model", "rows.parquet", "rows.csv", "rows.jsonl", "-o", "out.csv", "--json"
    )
    assert said.code == 0, said.err
    assert pd.read_csv(folder / "out.csv")["id"].tolist() == ["x", "y", "z"] * 3
    assert {key: said.json[key] for key in ("rows", "scored", "rejected", "output", "rejects")} == {
        "rows": 9, "scored": 9, "rejected": 0, "output": "out.csv", "rejects": None,
    }  # fmt: skip
    assert said.json["sha256"] == digest(MODEL)
    assert said.json["files"][1] == {"file": "rows.csv", "rows": 3, "scored": 3, "rejected": 0}


def test_numbers_in_one_file_and_text_in_another_become_text(call: Called, folder: Path):
    write(TABLE.assign(id=[7, 8, 9]), folder / "numbers.parquet")
    said = call("score", "model", "numbers.parquet", "rows.csv", "-o", "out.parquet")
    assert said.code == 0, said.err
    found = pd.read_parquet(folder / "out.parquet")["id"].tolist()
    assert found == ["7", "8", "9", "x", "y", "z"]


def test_kept_columns_are_those_that_were_named(call: Called, folder: Path):
    said = call("score", "model", "rows.csv", "-o", "out.csv", "--keep", "b, id")
    assert said.code == 0, said.err
    assert list(pd.read_csv(folder / "out.csv")) == ["id", "b", "prediction"]


def test_no_column_is_kept_where_none_is_named(call: Called, folder: Path):
    assert call("score", "model", "rows.csv", "-o", "out.csv", "--keep", "").code == 0
    assert list(pd.read_csv(folder / "out.csv").columns) == ["prediction"]


def test_probabilities_and_small_batches_are_had_when_asked_for(call: Called, folder: Path):
    options = ("--probabilities", "--batch-size", 2)
    said = call("score", "yes_or_no.onnx", "rows.csv", "-o", "out.jsonl", *options)
    assert said.code == 0, said.err
    rows = list(map(json.loads, (folder / "out.jsonl").read_text().splitlines()))
    assert [row["prediction"] for row in rows] == ["yes"] * 3
    assert rows[0]["probability.no"] + rows[0]["probability.yes"] == pytest.approx(1)


def test_output_that_was_there_stays_when_too_many_are_rejected(call: Called, folder: Path):
    (folder / "out.csv").write_text("of yesterday")
    said = call("score", "model", "rows.csv", "bad.csv", "-o", "out.csv", "--max-rejects", "0.1")
    assert said.code == 1
    assert "not written to out.csv" in said.out
    assert (folder / "out.csv").read_text() == "of yesterday"


def test_rejects_are_left_beside_the_output_with_row_and_reason(call: Called, folder: Path):
    said = call("score", "model", "rows.csv", "bad.csv", "-o", "out.csv", "--max-rejects", "0.5")
    assert said.code == 0, said.err
    assert "6 rows in" in said.out
    assert "bad.csv, row 2, a: expected a number, found the text 'much'" in said.out
    assert scored(folder / "out.csv") == {**SCORED, "x": 41.0}
    rejects = (folder / "out.csv.rejects.jsonl").read_text().splitlines()
    assert list(map(json.loads, rejects)) == [
        {
            "file": "bad.csv",
            "row": 2,
            "field": "a",
            "reason": "expected a number, found the text 'much'",
        },
        {"file": "bad.csv", "row": 3, "field": "b", "reason": "the number is missing"},
    ]


def test_more_rejects_than_allowed_leave_no_output_but_the_rejects(call: Called, folder: Path):
    said = call("score", "model", "bad.csv", "-o", "out.csv", "--json")
    assert said.code == 1
    assert (said.json["scored"], said.json["rejected"], said.json["output"]) == (1, 2, None)
    assert not (folder / "out.csv").exists()
    assert len((folder / "out.csv.rejects.jsonl").read_text().splitlines()) == 2
    again = call("score", "model", "rows.csv", "-o", "out.csv")
    assert again.code == 0
    assert not (folder / "out.csv.rejects.jsonl").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("reaching.onnx", "rows.csv", "-o", "o.csv"), 1, "refused (traversal)"),
        (("none.onnx", "rows.csv", "-o", "o.csv"), 2, "there is no such file or folder"),
        (("model", "none.csv", "-o", "o.csv"), 2, "none.csv: no such file"),
        (("model", "model", "-o", "o.csv"), 2, "model: this is a folder"),
        (("model", "rows.csv", "./rows.csv", "-o", "o.csv"), 2, "rows.csv: it is named twice"),
        (("model", "rows.csv", "-o", "o.txt"), 2, "has to say the format: .parquet, .csv"),
        (("model", "rows.csv", "-o", "none/o.csv"), 2, "there is no folder none"),
        (("model", "rows.csv", "-o", "rows.csv"), 2, "the output would replace what is read"),
        (("model", "rows.csv", "-o", "o.csv", "--keep", "c"), 2, "rows.csv has no column `c`"),
        (("model", "rows.csv", "-o", "o.csv", "--probabilities"), 1, "gives no probabilities"),
        (("model", "rows.csv", "-o", "o.csv", "--batch-size", "0"), 2, "--batch-size"),
    ],
)
def test_misuse_and_refusals_end_with_a_sentence_and_leave_nothing(
    call: Called, folder: Path, arguments: tuple[str, ...], code: int, sentence: str
):
    before = sorted(folder.iterdir())
    said = call("score", *arguments)
    assert (said.code, said.out) == (code, "")
    assert sentence in " ".join(said.err.split())
    assert sorted(folder.iterdir()) == before


def test_file_that_breaks_off_leaves_nothing(call: Called, folder: Path):
    (folder / "cut.csv.gz").write_bytes((folder / "rows.csv.gz").read_bytes()[:-9])
    before = sorted(folder.iterdir())
    said = call("score", "model", "rows.csv", "cut.csv.gz", "-o", "out.csv")
    assert said.code == 2
    assert "cut.csv.gz is cut short: its packed data has no end" in said.err
    assert sorted(folder.iterdir()) == before


def test_file_with_other_columns_than_the_first_is_named(call: Called, folder: Path):
    write(TABLE.rename(columns={"id": "key"}), folder / "other.csv")
    said = call("score", "model", "rows.csv", "other.csv", "-o", "out.csv")
    assert said.code == 2
    assert "other.csv leaves `key` and `prediction`, where rows.csv leaves `id`" in said.err


def test_registered_model_is_scored_by_its_name(deployment: Deployment, storage: str, folder: Path):
    with blob_service(storage) as service:
        runs = service.get_container_client("runs")
        if not runs.exists():
            runs.create_container()
        runs.upload_blob(f"{deployment.model}-1/model/model.onnx", MODEL)
    deployment.has_champion(run=f"{deployment.model}-1", sha256=digest(MODEL))
    output = folder / "out.csv"
    said = deployment.ratchet("score", deployment.model, folder / "rows.csv", "-o", output)
    assert said.code == 0, said.err
    assert scored(output) == SCORED


def test_name_of_no_registered_model_is_said_to_be_none(deployment: Deployment, folder: Path):
    said = deployment.ratchet("score", "nobody", folder / "rows.csv", "-o", folder / "out.csv")
    assert said.code == 1
    assert "neither a file here nor registered" in said.err


def test_terminal_gets_counts_and_the_rate(folder: Path):
    said = ratchet("score", "model", "rows.csv", "-o", "out.csv", folder=folder)
    assert (said.code, said.err) == (0, "")
    assert "3 rows in" in said.out
    assert "rows/s" in said.out
    assert "out.csv" in said.out
