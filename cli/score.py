"""`ratchet score`: a model on a person's own files."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from cli.files import check_place, left
from cli.output import MISCONFIGURED, AsJson, fail
from cli.progress import progress
from cli.scored import Done, tell, too_many
from cli.scorers import scorer
from cli.services import SettingsFile
from drift.report.words import shorten

if TYPE_CHECKING:
    from scoring.batch.files import FileScoring
    from scoring.batch.run import Counts
    from scoring.batch.writing.formats import OutputFormat

app = typer.Typer()

_AT_ONCE = 8192
_MOST_REJECTS = 0.01
_LONGEST_SENTENCE = 600


@app.command()
def score(
    model: Annotated[
        str, typer.Argument(help="A .onnx file, an MLflow folder, or a registered NAME[:VERSION].")
    ],
    inputs: Annotated[list[Path], typer.Argument(help="Parquet, CSV or JSON lines.")],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", help="….parquet, ….csv or ….jsonl; the latter two also .gz or .zst."
        ),
    ],
    keep: Annotated[
        str | None,
        typer.Option(help="Hand these columns through (id,day); else all that the model leaves."),
    ] = None,
    batch_size: Annotated[
        int, typer.Option(min=1, max=_AT_ONCE, help="Rows that the model is given at a time.")
    ] = _AT_ONCE,
    probabilities: Annotated[
        bool, typer.Option("--probabilities", help="Also the probability of each class.")
    ] = False,
    max_rejects: Annotated[
        float, typer.Option(min=0, max=1, help="The share of rows that may be rejected.")
    ] = _MOST_REJECTS,
    as_json: AsJson = False,
    settings: SettingsFile = None,
) -> None:
    """Score the rows of INPUTS with MODEL; what cannot be scored is set aside with the reason.

    Exit 1 when more rows are rejected than allowed, or the model is refused: then no output is
    left.
    """
    rejects = output.with_name(f"{output.name}.rejects.jsonl")
    form = _format(output)
    _check_inputs(inputs)
    for place in (output, rejects):
        check_place(place, *inputs)
    loaded = scorer(model, settings)
    begin = time.perf_counter()
    with _sentences():
        from scoring.batch.answers import Answers
        from scoring.batch.files import FileScoring

        answers = Answers(loaded, probabilities=probabilities, at_once=batch_size)
        names = None if keep is None else [one.strip() for one in keep.split(",") if one.strip()]
        how = FileScoring(answers=answers, form=form, workers=os.cpu_count() or 1, keep=names)
        counts = _scored(how, inputs, output, rejects, max_rejects)
    done = Done(
        model=model,
        sha256=loaded.sha256,
        files=dict(zip(map(str, inputs), counts, strict=True)),
        output=output,
        rejects=rejects,
        seconds=time.perf_counter() - begin,
        allowed=max_rejects,
    )
    tell(done, as_json=as_json)
    if done.fails:
        raise typer.Exit(1)


class _TooMany(Exception):  # noqa: N818 - It ends the writing of an output that nobody wants.
    """More rows were rejected than allowed."""


def _scored(
    how: "FileScoring", inputs: list[Path], output: Path, rejects: Path, allowed: float
) -> "list[Counts]":
    """Leave the rejects, if there are any, and the output, unless there are too many of them."""
    counts: list[Counts] = []
    with left(rejects) as rejected, suppress(_TooMany), left(output) as file:
        counts += _run(how, inputs, file, rejected)
        if too_many(counts, allowed):
            raise _TooMany
    if not any(one.rejected for one in counts):
        rejects.unlink()
    return counts


def _run(
    how: "FileScoring", inputs: list[Path], output: BinaryIO, rejected: BinaryIO
) -> "list[Counts]":
    begin = time.perf_counter()
    with progress("Scoring") as bar:

        def told(share: float, rows: int) -> None:
            bar(share, f"{rows / (time.perf_counter() - begin):,.0f} rows/s")

        return how.score(inputs, output, rejected, told)


def _format(output: Path) -> "OutputFormat":
    from scoring.batch.writing.formats import FORMATS, format_of

    form = format_of(output.name)
    if form is None:
        endings = ", ".join(f".{one}" for one in FORMATS)
        fail(f"{output}: its name has to say the format: {endings}", MISCONFIGURED)
    return form


def _check_inputs(inputs: list[Path]) -> None:
    for place, path in enumerate(inputs):
        if not path.is_file():
            what = "this is a folder; name the files in it" if path.is_dir() else "no such file"
            fail(f"{path}: {what}", MISCONFIGURED)
        if any(path.samefile(other) for other in inputs[:place]):
            fail(f"{path}: it is named twice; its rows would be scored twice", MISCONFIGURED)


@contextmanager
def _sentences() -> Iterator[None]:
    """What cannot be read or scored ends the command with the sentence that says so."""
    from scoring.errors import BadFile, ScoringError

    try:
        yield
    except BadFile as error:
        fail(shorten(str(error), _LONGEST_SENTENCE), MISCONFIGURED)
    except ScoringError as error:
        fail(shorten(str(error), _LONGEST_SENTENCE))
