"""Strangers' models: what is let in, and with which code and sentence each other one is refused."""

import io
import os
import signal
import tarfile
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from skl2onnx import to_onnx
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier

from scoring.admission.admit import admit
from scoring.admission.verdict import Admission, Limits, Refusal
from tests.scoring.admission import crafted
from tests.scoring.models import (
    classifier,
    constant,
    digest,
    endless,
    external,
    in_folder,
    regressor,
)

CODES = ["files", "size", "not_onnx", "functions", "depth", "nodes", "external_data", "operator"]
CODES += ["version", "tensor", "malformed", "load", "signature", "smoke"]


def refused(
    folder: Path, content: bytes, limits: Limits | None = None, evidence: bytes | None = None
) -> Refusal:
    verdict = admit(in_folder(folder, content), limits or Limits(), evidence)
    assert isinstance(verdict, Refusal)
    return verdict


def parquet(columns: dict[str, list[object]]) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


def rows(count: int, **columns: object) -> bytes:
    """Test rows as a run leaves them: each column one value, and a label."""
    return parquet(
        {name: [value] * count for name, value in columns.items()} | {"label": [0] * count}
    )


def test_admits_a_model_and_says_what_was_examined(tmp_path: Path):
    content = classifier(["no", "yes"], columns=["age", "weight"])
    verdict = admit(in_folder(tmp_path, content))
    assert isinstance(verdict, Admission)
    assert verdict.sha256 == digest(content)
    assert verdict.signature.columns == ("age", "weight")
    assert [check.code for check in verdict.checks] == CODES
    assert all(check.sentence for check in verdict.checks)
    assert verdict.checks[-1].sentence == (
        "1, 2, 17 synthetic rows, a finite answer each; there were no test rows to try"
    )
    assert verdict.confinement == (
        "memory, processor time and written bytes bounded (setrlimit)",
        "no files, network, programs or other processes (seccomp)",
    )


def test_admits_what_scikit_learn_exports(tmp_path: Path):
    features, species = load_iris(return_X_y=True)
    forest = RandomForestClassifier(5, random_state=0).fit(features.astype("float32"), species)
    exported = to_onnx(forest, features[:1].astype("float32"))
    verdict = admit(in_folder(tmp_path, exported.SerializeToString()))
    assert isinstance(verdict, Admission)
    assert verdict.signature.width == 4


def test_what_is_refused_by_a_look_is_refused_by_the_process(tmp_path: Path):
    verdict = refused(tmp_path, external("../../etc/passwd"))
    assert verdict.code == "traversal"
    passed = ["files", "size", "not_onnx", "functions", "depth", "nodes"]
    assert [check.code for check in verdict.checks] == passed


@pytest.mark.parametrize(
    ("content", "code", "sentence"),
    [
        (
            crafted.text_to_text(),
            "signature",
            "its input 'X' is a string, not a table of numbers",
        ),
        (crafted.two_inputs(), "inputs", "it needs 2 inputs ('X', 'Z'), and rows are one table"),
        (
            crafted.fixed_batch(3),
            "batch",
            "its input 'X' takes exactly 3 rows at a time",
        ),
        (regressor([float("nan"), 1.0]), "not_finite", "1 synthetic rows: an answer is not finite"),
        (crafted.infinite(), "not_finite", "1 synthetic rows: an answer is not finite"),
        (
            crafted.one_answer_for_all(),
            "answers",
            "2 synthetic rows: it answered in the shape [1, 2] for 2 rows",
        ),
        (
            crafted.named(["age"]),
            "columns",
            "its metadata 'ratchet.columns' has 1 different names for 2 columns",
        ),
        (
            crafted.named({"age": 1}),
            "columns",
            "its metadata 'ratchet.columns' is not a list of column names",
        ),
    ],
    ids=[
        "text",
        "two inputs",
        "fixed batch",
        "not a number",
        "infinite",
        "one answer for all",
        "too few columns named",
        "columns that are no list",
    ],
)
def test_refuses_a_model_that_does_not_score_rows(
    tmp_path: Path, content: bytes, code: str, sentence: str
):
    verdict = refused(tmp_path, content)
    assert (verdict.code, verdict.sentence) == (code, sentence)


def test_refuses_a_model_without_outputs(tmp_path: Path):
    content = crafted.changed(lambda model: model.graph.ClearField("output"))
    verdict = refused(tmp_path, content)
    assert (verdict.code, verdict.sentence) == ("outputs", "it has no output, and so no answers")


def test_refuses_a_model_that_the_runtime_cannot_load(tmp_path: Path):
    verdict = refused(tmp_path, crafted.kinds_that_do_not_meet())
    assert verdict.code == "load"
    assert verdict.sentence.startswith("ONNX Runtime cannot load it: ")


def test_refuses_a_model_that_hides_a_fixed_number_of_rows(tmp_path: Path):
    verdict = refused(tmp_path, crafted.hidden_fixed_batch())
    assert verdict.code == "smoke"
    assert verdict.sentence.startswith("2 synthetic rows: the model failed")


def test_refuses_a_loop_without_end(tmp_path: Path):
    verdict = refused(tmp_path, endless(), Limits(processor_time=3))
    assert verdict.code == "time"
    assert verdict.sentence == "examining it took over 3 s of the processor"
    assert [check.code for check in verdict.checks] == CODES[:-1]


def test_refuses_what_waits_without_computing(tmp_path: Path):
    verdict = refused(tmp_path, endless(), Limits(patience=0.01))
    assert (verdict.code, verdict.sentence) == ("time", "examining it took over 0.01 s")


def children() -> set[int]:
    """The processes that this one started."""
    lists = [task / "children" for task in Path("/proc/self/task").iterdir()]
    return {int(child) for each in lists for child in each.read_text().split()}


@pytest.mark.parametrize(
    ("number", "code", "sentence"),
    [
        (signal.SIGKILL, "killed", "the machine ended the examining process"),
        (signal.SIGSEGV, "crash", "the examining process died of SIGSEGV"),
    ],
)
def test_refuses_a_model_whose_examination_dies(
    tmp_path: Path, number: signal.Signals, code: str, sentence: str
):
    before, deadline = children(), time.monotonic() + 30
    with ThreadPoolExecutor() as pool:
        verdict = pool.submit(refused, tmp_path, endless())
        while not (started := children() - before) and time.monotonic() < deadline:
            time.sleep(0.001)
        os.kill(started.pop(), number)
        assert verdict.result().code == code
        assert verdict.result().sentence.startswith(sentence)


@pytest.mark.parametrize(
    "content",
    [crafted.large_at_run_time(), crafted.expanded_at_run_time()],
    ids=["constant", "expanded"],
)
def test_refuses_a_model_that_takes_all_memory_when_it_runs(tmp_path: Path, content: bytes):
    verdict = refused(tmp_path, content)
    assert verdict.code == "memory"
    assert "Failed to allocate memory" in verdict.sentence


def test_refuses_a_file_that_is_too_large(tmp_path: Path):
    verdict = refused(tmp_path, constant(1.0), Limits(model_size=100))
    assert (verdict.code, verdict.sentence) == ("size", "model.onnx is larger than 100 bytes")


def test_refuses_a_folder_of_too_many_files(tmp_path: Path):
    verdict = refused(tmp_path, constant(1.0), Limits(files=1))
    assert (verdict.code, verdict.sentence) == ("files", "the folder has more than 1 files")


def test_refuses_a_folder_without_a_model(tmp_path: Path):
    verdict = admit(tmp_path)
    assert isinstance(verdict, Refusal)
    assert verdict.code == "missing"


@pytest.mark.parametrize(
    ("kind", "code"),
    [("symbolic", "symbolic_link"), ("hard", "hard_link"), ("pipe", "special_file")],
)
def test_refuses_links_and_special_files(tmp_path: Path, kind: str, code: str):
    secret = tmp_path / "secret"
    secret.write_bytes(constant(1.0))
    folder = tmp_path / "folder"
    (folder / "deep").mkdir(parents=True)
    planted = folder / "deep" / "planted"
    if kind == "symbolic":
        planted.symlink_to(secret)
    elif kind == "hard":
        planted.hardlink_to(secret)
    else:
        os.mkfifo(planted)
    verdict = admit(in_folder(folder, constant(1.0)))
    assert isinstance(verdict, Refusal)
    assert verdict.code == code
    assert verdict.sentence.startswith("'deep/planted' is ")


def test_refuses_a_model_that_is_itself_a_link(tmp_path: Path):
    elsewhere = tmp_path / "elsewhere.onnx"
    elsewhere.write_bytes(constant(1.0))
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "model.onnx").symlink_to(elsewhere)
    verdict = admit(folder)
    assert isinstance(verdict, Refusal)
    assert verdict.code == "symbolic_link"


@pytest.mark.parametrize("name", ["model.zip", "model.tar.gz", "model.tgz"])
def test_admits_the_model_of_an_archive_by_its_own_digest(tmp_path: Path, name: str):
    content = constant(1.0)
    in_folder(tmp_path / "model", content)
    packed = tmp_path / name
    if name.endswith("zip"):
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in (tmp_path / "model").iterdir():
                archive.write(file, f"model/{file.name}")
    else:
        with tarfile.open(packed, "w:gz") as archive:
            archive.add(tmp_path / "model", "model")
    verdict = admit(packed)
    assert isinstance(verdict, Admission)
    assert verdict.sha256 == digest(content)
    assert [check.code for check in verdict.checks] == ["size", "archive", *CODES[2:]]


def test_refuses_a_bomb_of_an_archive(tmp_path: Path):
    packed = tmp_path / "model.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model.onnx", bytes(50 << 20))
    verdict = admit(packed)
    assert isinstance(verdict, Refusal)
    assert verdict.code == "bomb"


def test_a_file_named_by_hand_may_be_reached_by_a_link(tmp_path: Path):
    (tmp_path / "digest").write_bytes(constant(1.0))
    (tmp_path / "model.onnx").symlink_to(tmp_path / "digest")
    verdict = admit(tmp_path / "model.onnx")
    assert isinstance(verdict, Admission)
    assert verdict.sha256 == digest(constant(1.0))


def test_the_first_thousand_of_the_runs_own_rows_are_scored(tmp_path: Path):
    folder = in_folder(tmp_path, classifier(["no", "yes"], columns=["age", "weight"]))
    verdict = admit(folder, evidence=rows(5000, weight=60, age=1.5))
    assert isinstance(verdict, Admission)
    assert [check.code for check in verdict.checks] == [*CODES, "rows"]
    assert verdict.checks[-2].sentence == "1, 2, 17 synthetic rows, a finite answer each"
    assert verdict.checks[-1].sentence == "1000 of the run's own test rows, a finite answer each"


@pytest.mark.parametrize(
    ("evidence", "code", "sentence"),
    [
        (rows(3, a=1000.0, b=1000.0), "not_finite", "3 of the run's test rows: an answer"),
        (rows(3, a=1.0), "rows", "there are 1 columns; the model takes 2"),
        (rows(3, a="one", b=2.0), "rows", "column 'a': holds object, not numbers"),
        (rows(0, a=1.0, b=2.0), "evidence", "test.parquet has no rows"),
        (rows(9, a=1.0, b=2.0)[:-7], "evidence", "test.parquet cannot be read"),
        (b"", "evidence", "test.parquet cannot be read"),
    ],
    ids=["infinite", "too few columns", "text", "no rows", "truncated", "empty"],
)
def test_refuses_a_model_that_fails_on_the_runs_own_rows(
    tmp_path: Path, evidence: bytes, code: str, sentence: str
):
    verdict = refused(tmp_path, crafted.fails_far_from_zero(), evidence=evidence)
    assert verdict.code == code
    assert sentence in verdict.sentence
    assert [check.code for check in verdict.checks] == CODES


def test_refuses_a_model_that_names_columns_which_its_run_has_not(tmp_path: Path):
    verdict = refused(tmp_path, crafted.named(["age", "hight"]), evidence=rows(3, age=1, height=2))
    assert verdict.code == "rows"
    assert verdict.sentence == (
        "the run's own test rows do not fit it: column 'hight': the column is missing"
    )


def test_refuses_test_rows_that_are_too_large(tmp_path: Path):
    verdict = refused(tmp_path, constant(1.0), Limits(evidence_size=10), rows(3, a=1.0, b=2.0))
    assert (verdict.code, verdict.sentence) == (
        "evidence",
        "test.parquet is larger than 10 bytes",
    )


def test_what_a_stranger_wrote_is_quoted_without_control_characters(tmp_path: Path):
    node = crafted.changed(
        lambda model: setattr(model.graph.node[0], "name", "\x1b[31mred\x07"),
        crafted.hidden_fixed_batch(),
    )
    verdict = refused(tmp_path, node)
    assert "red" in verdict.sentence
    assert verdict.sentence.isprintable()


def test_an_examiner_that_cannot_run_is_no_verdict(tmp_path: Path):
    with pytest.raises(RuntimeError, match="the examining process could not be run"):
        admit(in_folder(tmp_path, constant(1.0)), Limits(memory=64 << 20))
