"""`ratchet model check` on models as people get them."""

import zipfile
from pathlib import Path

import pytest

from tests.cli.shell import Called, ratchet
from tests.scoring.admission import crafted
from tests.scoring.admission.test_admit import rows
from tests.scoring.models import classifier, digest, external, in_folder

MODEL = classifier(["no", "yes"], columns=["age", "weight"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model in every form, and what is no model."""
    place = tmp_path_factory.mktemp("models")
    in_folder(place / "model", MODEL)
    (place / "model.onnx").write_bytes(MODEL)
    with zipfile.ZipFile(place / "model.zip", "w") as archive:
        archive.write(place / "model.onnx", "model/model.onnx")
    (place / "reaching.onnx").write_bytes(external("../../etc/passwd"))
    (place / "exp.onnx").write_bytes(crafted.fails_far_from_zero())
    (place / "rows.parquet").write_bytes(rows(3, age=1, weight=2))
    (place / "large.parquet").write_bytes(rows(3, a=1000.0, b=1000.0))
    (place / "model.pkl").write_bytes(b"no")
    return place


@pytest.fixture
def call(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Called:
    """The command among the files."""
    monkeypatch.chdir(folder)
    return Called(capsys)


def test_admitted_model_is_shown_with_all_that_was_examined(folder: Path):
    said = ratchet("model", "check", "model.onnx", "--rows", "rows.parquet", folder=folder)
    assert (said.code, said.err) == (0, "")
    assert "model.onnx: admitted, in " in said.out
    assert digest(MODEL) in said.out
    for word in ("size", "operator", "smoke", "3 of the run's own test rows", "age, weight"):
        assert word in said.out
    assert "seccomp" in said.out


@pytest.mark.parametrize("name", ["model", "model.onnx", "model.zip"])
def test_model_has_one_digest_in_whatever_form_it_comes(call: Called, name: str):
    said = call("model", "check", name, "--json")
    assert said.code == 0
    assert (said.json["verdict"], said.json["sha256"]) == ("admitted", digest(MODEL))
    assert said.json["signature"]["columns"] == ["age", "weight"]
    assert len(said.json["confinement"]) == 2
    assert said.json["seconds"] > 0


def test_refused_model_shows_what_it_passed_before_and_why(call: Called):
    said = call("model", "check", "reaching.onnx")
    assert said.code == 1
    assert "reaching.onnx: refused, in " in said.out
    lines = [line.split() for line in said.out.splitlines()]
    assert ["operator"] not in [line[:1] for line in lines]
    assert ["nodes", "passed"] in [line[:2] for line in lines]
    assert ["traversal", "refused"] in [line[:2] for line in lines]


def test_refusal_is_told_to_programs_with_code_and_sentence(call: Called):
    said = call("model", "check", "exp.onnx", "--rows", "large.parquet", "--json")
    assert said.code == 1
    assert (said.json["verdict"], said.json["code"]) == ("refused", "not_finite")
    assert said.json["sentence"] == "3 of the run's test rows: an answer is not finite"
    assert said.json["checks"][-1]["code"] == "smoke"
    assert said.json["sha256"] is None


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nothing.onnx"], "nothing.onnx: there is no such file or folder"),
        (["model.pkl"], "model.pkl: neither a folder nor a file that ends in .onnx"),
        (["model.onnx", "--rows", "nothing.parquet"], "nothing.parquet: there is no such file"),
    ],
    ids=["no file", "another kind", "no rows"],
)
def test_misuse_ends_with_two_and_a_sentence(call: Called, arguments: list[str], sentence: str):
    said = call("model", "check", *arguments)
    assert said.code == 2
    assert sentence in said.err
