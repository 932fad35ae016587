"""The section `batch`: a right one becomes the policy that it says, a wrong one says why."""

from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest

from decisions.policies import BatchPolicy, Place, Wanted
from wiring.config.document import Document
from wiring.config.load import load, policy
from wiring.config.problems import Problems
from wiring.config.sections import Configuration

LEAST = "schedule: 0 0 3 * * *, input: batch/m/in/, output: batch/m/out/"
EVERYTHING = """\
{schedule: 0 30 2 * * *, time_zone: Europe/Berlin, grace: 5s, input: data/in/*.csv,
 output: data/out/, model: 3, take: all, overlap: queue, catch_up: none, keep: [id],
 probabilities: true, format: csv.gz, max_rejects: 0, max_duration: 1h, piece_mb: 1}"""


def written(section: str) -> str:
    return f"""\
models:
  m:
    data: {{path: data/m/**}}
    retrain: {{pipeline: p}}
    batch: {section}
"""


def batch(folder: Path, section: str) -> BatchPolicy | None:
    path = folder / "ratchet.yaml"
    path.write_text(written(section))
    return policy(load(path, {}).models["m"]).batch


def test_least_section_takes_every_default(tmp_path: Path):
    assert batch(tmp_path, f"{{{LEAST}}}") == BatchPolicy(
        schedule="0 0 3 * * *",
        input=Place(container="batch", path="m/in/**"),
        output=Place(container="batch", path="m/out/"),
    )


def test_section_becomes_the_policy_that_it_says(tmp_path: Path):
    assert batch(tmp_path, EVERYTHING) == BatchPolicy(
        schedule="0 30 2 * * *",
        time_zone="Europe/Berlin",
        grace=timedelta(seconds=5),
        input=Place(container="data", path="in/*.csv"),
        output=Place(container="data", path="out/"),
        model="3",
        take="all",
        overlap="queue",
        catch_up="none",
        wanted=Wanted(shape="csv.gz", keep=("id",), probabilities=True),
        max_rejects=0,
        max_duration=timedelta(hours=1),
        piece=1024 * 1024,
    )


@pytest.mark.parametrize("word", ["live", "champion", "3", "'3'"])
def test_version_is_a_word_or_a_number(tmp_path: Path, word: str):
    found = batch(tmp_path, f"{{{LEAST}, model: {word}}}")
    assert found
    assert found.model == word.strip("'")


def test_no_columns_may_be_kept(tmp_path: Path):
    found = batch(tmp_path, f"{{{LEAST}, keep: []}}")
    assert found
    assert found.wanted.keep == ()


@pytest.mark.parametrize(
    ("section", "mistake"),
    [
        ("", ": expected a section with schedule, input and output, or leave it out"),
        (
            f"{{{LEAST}, model: best}}",
            ".model: found 'best', expected live, champion or the number of a version",
        ),
        (
            f"{{{LEAST}, model: 0}}",
            ".model: found 0, expected live, champion or the number of a version",
        ),
        (
            f"{{{LEAST.replace('/in/', '/in')}}}",
            (
                ".input: found 'batch/m/in', expected a folder with / at its end or a pattern: "
                "batch/m/in/ or batch/m/in*"
            ),
        ),
        (
            f"{{{LEAST.replace('batch/m/in/', 'm/')}}}",
            (
                ".input: found 'm/', expected a container and a folder or a pattern, such as "
                "batch/digits/in/ or batch/digits/*.csv"
            ),
        ),
        (
            f"{{{LEAST.replace('batch/m/in/', 'batch/_ratchet/m/')}}}",
            (
                ".input: found 'batch/_ratchet/m/', expected another folder: batch/_ratchet/ holds "
                "what Ratchet itself writes"
            ),
        ),
        (
            f"{{{LEAST.replace('batch/m/out', 'runs/m/out')}}}",
            (
                ".output: found 'runs/m/out/', expected another container: runs holds what Ratchet "
                "itself writes"
            ),
        ),
        (
            f"{{{LEAST.replace('/out/', '/out')}}}",
            (
                ".output: found 'batch/m/out', expected a folder with / at its end, such as "
                "batch/digits/out/"
            ),
        ),
        (
            f"{{{LEAST.replace('/m/in/', '/m/')}}}",
            (
                ".output: found 'batch/m/out/', expected a folder that is no input: batch/m/ "
                "reads it"
            ),
        ),
        (f"{{{LEAST}, keep: [a, a]}}", ".keep: found ['a', 'a'], expected each column once"),
        (
            f"{{{LEAST}, max_rejects: 1.5}}",
            ".max_rejects: found 1.5, expected less than or equal to 1",
        ),
        (f"{{{LEAST}, max_rejects: .nan}}", ".max_rejects: found nan, expected a finite number"),
        (f"{{{LEAST}, piece_mb: 0}}", ".piece_mb: found 0, expected greater than or equal to 1"),
        (
            f"{{{LEAST}, max_duration: 0s}}",
            ".max_duration: found '0s', expected a duration longer than nothing",
        ),
        (
            f"{{{LEAST}, format: xlsx}}",
            (
                ".format: found 'xlsx', expected 'parquet', 'csv', 'csv.gz', 'csv.zst', 'jsonl', "
                "'jsonl.gz' or 'jsonl.zst'"
            ),
        ),
        (f"{{{LEAST}, overlaps: skip}}", ".overlaps: expected no such name here"),
    ],
)
def test_section_that_could_not_work_is_a_mistake(tmp_path: Path, section: str, mistake: str):
    with pytest.raises(Problems) as raised:
        batch(tmp_path, section)
    assert str(raised.value) == f"{tmp_path}/ratchet.yaml:5: models.m.batch{mistake}"


@pytest.mark.parametrize("output", ["data/m/out/", "data/m/a/b/"])
def test_answers_may_not_be_training_data(tmp_path: Path, output: str):
    with pytest.raises(Problems, match=rf"another output: data/m/\*\* reads {output}"):
        batch(tmp_path, f"{{{LEAST.replace('batch/m/out/', output)}}}")


@pytest.mark.parametrize(
    ("data", "section"),
    [
        ("data/n/*", LEAST),
        ("data/n/*", LEAST.replace("batch/m/in/", "batch/m/").replace("m/out", "n/out")),
        ("scores/**", LEAST.replace("m/out", "n/out")),
    ],
    ids=["the same output", "an output that is an input", "an output that is training data"],
)
def test_models_do_not_mix_what_they_leave(tmp_path: Path, data: str, section: str):
    first = LEAST.replace("batch/m/out", "scores/out") if "scores" in data else LEAST
    other = f"  n: {{data: {{path: {data}}}, retrain: {{pipeline: p}}, batch: {{{section}}}}}\n"
    path = tmp_path / "ratchet.yaml"
    path.write_text(written(f"{{{first}}}") + other)
    with pytest.raises(Problems, match=r"1: models: .*: n reads or shares .*, which m leaves"):
        load(path, {})


def test_pattern_that_leaves_the_answers_out_may_lie_around_them(tmp_path: Path):
    assert batch(tmp_path, "{schedule: 0 0 3 * * *, input: batch/m/*.csv, output: batch/m/}")


def test_schema_takes_everything_that_is_taken_here():
    schema = Configuration.model_json_schema()
    document = Document(Path("x"), written(EVERYTHING)).written
    jsonschema.validate(document, schema)
    document["models"]["m"]["batch"]["model"] = "best"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema)
