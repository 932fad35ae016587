"""`ratchet drift` and `ratchet profile` on files as people have them."""

from pathlib import Path

import pytest

from tests.cli.data import table, write
from tests.cli.shell import Called, ratchet

COLUMN = {
    "name", "kind", "statistic", "score", "threshold",
    "effect", "p_value", "p_adjusted", "drifted", "error_bound",
}  # fmt: skip


@pytest.fixture
def call(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Called:
    """The command among the files."""
    monkeypatch.chdir(folder)
    return Called(capsys)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A reference, a window that looks like it, and windows of taller people."""
    place = tmp_path_factory.mktemp("files")
    write(table(3000, seed=1), place / "reference.parquet")
    write(table(3000, seed=1), place / "reference.csv.gz")
    write(table(2000, seed=2), place / "same.csv.gz")
    for name in ("taller.parquet", "taller.csv", "taller.jsonl", "taller.csv.bz2"):
        write(table(2000, seed=3, taller=8), place / name)
    write(table(2000, seed=3).drop(columns="alter"), place / "lacks.parquet")
    write(table(20, seed=3), place / "few.csv")
    whole = (place / "reference.parquet").read_bytes()
    (place / "cut.parquet").write_bytes(whole[: len(whole) // 2])
    return place


@pytest.mark.parametrize("reference", ["reference.parquet", "reference.csv.gz"])
@pytest.mark.parametrize("name", ["taller.parquet", "taller.csv", "taller.jsonl", "taller.csv.bz2"])
def test_drifted_column_is_named_whatever_the_formats(call: Called, reference: str, name: str):
    said = call("drift", reference, name, "--json")
    assert said.code == 0, said.err
    assert said.json["verdict"] == "drifted"
    assert said.json["rows"] == {"reference": 3000, "current": 2000}
    assert [one["name"] for one in said.json["columns"] if one["drifted"]] == ["größe"]


def test_json_has_every_figure_of_the_judgement_and_no_other(call: Called):
    said = call("drift", "reference.parquet", "taller.csv", "--json")
    assert set(said.json) == {"verdict", "reason", "rows", "columns"}
    assert [set(one) for one in said.json["columns"]] == [COLUMN] * 3
    first = said.json["columns"][0]
    assert (first["name"], first["kind"], first["statistic"]) == ("größe", "numeric", "psi")
    assert first["threshold"] == 0.2
    assert first["score"] > 0.4
    assert first["error_bound"] == 0


def test_all_statistics_are_there_when_asked_for(call: Called):
    options = ("--statistics", "all", "--json")
    said = call("drift", "reference.parquet", "taller.csv", *options)
    figures = {one["name"]: one["statistics"] for one in said.json["columns"]}
    assert {"psi", "ks", "wasserstein", "jensen_shannon"} <= set(figures["größe"])
    assert {"psi", "chi_square", "jensen_shannon", "total_variation"} <= set(figures["stadt"])
    assert set(figures["größe"]["ks"]) == {"value", "error", "floor", "p_value"}


@pytest.mark.parametrize(
    ("current", "code"),
    [("same.csv.gz", 0), ("taller.csv", 3), ("lacks.parquet", 4)],
)
def test_exit_code_tells_the_verdict_when_asked_to(folder: Path, current: str, code: int):
    assert ratchet("drift", "reference.parquet", current, "--fail", folder=folder).code == code


def test_people_read_the_verdict_first_and_the_drifted_columns_next(folder: Path):
    said = ratchet("drift", "reference.parquet", "taller.csv", folder=folder, columns=80)
    lines = said.out.splitlines()
    assert lines[0].startswith("Drifted  ")
    assert said.out.index("größe  ") < said.out.index("stable  ")
    assert max(map(len, lines)) <= 80


def test_profile_takes_the_place_of_either_file(call: Called):
    made = call("profile", "reference.parquet", "-o", "reference.profile")
    assert made.out.startswith("reference.profile: 3,000 rows, 3 columns, ")
    call("profile", "taller.csv", "-o", "taller.profile")
    for files in (("reference.profile", "taller.csv"), ("reference.profile", "taller.profile")):
        said = call("drift", *files, "--json")
        assert [one["name"] for one in said.json["columns"] if one["drifted"]] == ["größe"]


def test_only_columns_that_were_named_are_compared(call: Called):
    options = ("--columns", "alter,stadt", "--json")
    said = call("drift", "reference.parquet", "taller.csv", *options)
    assert {one["name"] for one in said.json["columns"]} == {"alter", "stadt"}
    assert said.json["verdict"] == "stable"


def test_policy_of_a_file_is_judged_by(folder: Path, call: Called):
    (folder / "policy.yaml").write_text("drift: {statistic: {numeric: ks}, ignore: [größe]}")
    said = call(
        "drift", "reference.parquet", "taller.csv", "--policy", "policy.yaml", "--json",
    )  # fmt: skip
    found = {one["name"]: one["statistic"] for one in said.json["columns"]}
    assert found == {"alter": "ks", "stadt": "psi"}


def test_too_few_rows_and_missing_columns_are_unknown_with_the_reason(call: Called):
    few = call("drift", "reference.parquet", "few.csv")
    assert few.out.startswith("Unknown  The current window has 20 rows, fewer than 200.")
    lacks = call("drift", "reference.parquet", "lacks.parquet")
    assert "not known  alter: the current window lacks it" in lacks.out


def test_names_of_strangers_cannot_write_over_the_terminal(tmp_path: Path, call: Called):
    name = "a\x1b[2Jb[red]"
    for file, taller in (("one.parquet", 0), ("other.parquet", 8)):
        frame = table(500, seed=4, taller=taller).rename(columns={"größe": name})
        write(frame, tmp_path / file)
    said = call("drift", tmp_path / "one.parquet", tmp_path / "other.parquet")
    assert "a\ufffd[2Jb[red]" in said.out
    refused = call("drift", tmp_path / "one.parquet", tmp_path / "one.parquet", "--columns", name)
    wrong = call("drift", tmp_path / "one.parquet", "taller.csv")
    assert wrong.code == 0
    assert "\x1b" not in said.out + refused.out + wrong.out + wrong.err


def test_page_is_left_whole_and_says_the_same(call: Called, tmp_path: Path):
    page = tmp_path / "page.html"
    call("drift", "reference.parquet", "taller.csv", "--html", page)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert text.rstrip().endswith("</html>")
    assert "größe" in text
    assert [one.name for one in tmp_path.iterdir()] == ["page.html"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("drift", "reference.parquet", "nothing.csv"), "nothing.csv does not exist"),
        (("drift", "reference.parquet", "."), ". is a folder"),
        (("drift", "cut.parquet", "taller.csv"), "cut.parquet cannot be read as Parquet"),
        (("drift", "reference.parquet", "foreign.xlsx"), "foreign.xlsx is a ZIP archive"),
        (("drift", "reference.parquet", "short.csv.gz"), "short.csv.gz is cut short"),
        (("drift", "reference.parquet", "empty.csv"), "empty.csv is empty"),
        (("drift", "newer.profile", "taller.csv"), "newer.profile is a profile of version 2"),
        (("drift", "damaged.profile", "taller.csv"), "damaged.profile is a damaged"),
        (("drift", "reference.parquet", "other.csv"), "other.csv"),
        (
            ("drift", "reference.parquet", "taller.csv", "--columns", "gewicht"),
            "reference.parquet has no column `gewicht`; it has `größe`, `stadt` and `alter`",
        ),
        (
            ("drift", "reference.parquet", "taller.csv", "--html", "no/page.html"),
            "no/page.html: there is no folder no",
        ),
        (
            ("drift", "reference.parquet", "taller.csv", "--html", "taller.csv"),
            "taller.csv: the output would replace what is read",
        ),
        (("profile", "cut.parquet", "-o", "made.profile"), "cut.parquet cannot be read"),
        (("profile", "reference.parquet", "-o", "no/made"), "no/made: there is no folder no"),
        (("profile", "reference.parquet", "-o", "."), ".: this is no file"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_bad_input_is_one_sentence_that_names_the_file(
    bad: Path, call: Called, arguments: tuple[str, ...], sentence: str
):
    before = sorted(bad.iterdir())
    said = call(*arguments)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"ratchet: {sentence}")
    assert said.err.count("\n") == 1
    assert sorted(bad.iterdir()) == before


@pytest.fixture(scope="module")
def bad(folder: Path) -> Path:
    """The same files, and others that nobody can read."""
    (folder / "foreign.xlsx").write_bytes(b"PK\x03\x04" + bytes(100))
    (folder / "short.csv.gz").write_bytes((folder / "same.csv.gz").read_bytes()[:5000])
    (folder / "empty.csv").write_bytes(b"")
    (folder / "other.csv").write_text("a;b\n1;2\n")
    ratchet("profile", "reference.parquet", "-o", "known.profile", folder=folder)
    known = (folder / "known.profile").read_bytes()
    newer = known.replace(b"\xa6schema\x01", b"\xa6schema\x02", 1)
    (folder / "newer.profile").write_bytes(newer)
    (folder / "damaged.profile").write_bytes(known[:-100])
    return folder
