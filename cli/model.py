"""`ratchet model check`: a model file examined as it is before it is registered."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from cli.output import MISCONFIGURED, AsJson, fail, out, print_json, print_table
from drift.report.words import shorten

if TYPE_CHECKING:
    from scoring.admission.verdict import Admission, Refusal

    Verdict = Admission | Refusal

app = typer.Typer(help="Examine models that others made.", no_args_is_help=True)

_SUFFIXES = (".onnx", ".zip", ".tar.gz", ".tgz")
_MOST_COLUMNS = 12


@app.command()
def check(
    file: Annotated[
        Path, typer.Argument(help="A .onnx file, an MLflow folder, or a .zip or .tar.gz of one.")
    ],
    rows: Annotated[
        Path | None, typer.Option(help="Parquet: its first rows are scored as well.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what admission finds in a model before it may be registered; exit 1 if it is refused.

    The model is parsed, loaded and run in a process of its own that has no files, no network and
    bounded memory and time. Nothing is unpacked on this machine, and nothing is kept.
    """
    _check_asked(file, rows)
    begin = time.perf_counter()
    verdict = _examined(file, rows)
    seconds = time.perf_counter() - begin
    if as_json:
        print_json(_document(file, verdict, seconds))
    else:
        _print(file, verdict, seconds)
    if _refusal(verdict):
        raise typer.Exit(1)


def _check_asked(file: Path, rows: Path | None) -> None:
    """End with a sentence unless what was named can be examined at all."""
    if not file.exists():
        fail(f"{file}: there is no such file or folder", MISCONFIGURED)
    if not (file.is_dir() or file.name.lower().endswith(_SUFFIXES)):
        known = ", ".join(_SUFFIXES)
        fail(f"{file}: neither a folder nor a file that ends in {known}", MISCONFIGURED)
    if rows and not rows.is_file():
        fail(f"{rows}: there is no such file", MISCONFIGURED)


def _examined(file: Path, rows: Path | None) -> "Verdict":
    from scoring.admission.admit import DEFAULT, admit

    try:
        evidence = None
        if rows:
            with rows.open("rb") as opened:  # One byte too many is enough to be refused by.
                evidence = opened.read(DEFAULT.evidence_size + 1)
        return admit(file, evidence=evidence)
    except (OSError, RuntimeError) as problem:
        fail(f"{file}: {problem}", MISCONFIGURED)


def _refusal(verdict: "Verdict") -> "Refusal | None":
    from scoring.admission.verdict import Refusal

    return verdict if isinstance(verdict, Refusal) else None


def _document(file: Path, verdict: "Verdict", seconds: float) -> dict[str, Any]:
    """The verdict for other programs; what a refusal has not is null."""
    refusal = _refusal(verdict)
    return {
        "file": str(file),
        "verdict": "refused" if refusal else "admitted",
        "code": refusal and refusal.code,
        "sentence": refusal and refusal.sentence,
        "sha256": getattr(verdict, "sha256", None),
        "signature": getattr(verdict, "signature", None),
        "checks": [{"code": one.code, "sentence": one.sentence} for one in verdict.checks],
        "confinement": getattr(verdict, "confinement", None),
        "seconds": round(seconds, 3),
    }


def _print(file: Path, verdict: "Verdict", seconds: float) -> None:
    examined = [(one.code, "passed", one.sentence) for one in verdict.checks]
    if refusal := _refusal(verdict):
        examined.append((refusal.code, "refused", refusal.sentence))
    print_table(("examined", "", "found"), examined)
    said = "[bold red]refused[/]" if refusal else "[bold green]admitted[/]"
    out.print(f"\n{escape(file.name)}: {said}, in {seconds:.2f} s")
    if not refusal:
        print_table(("", ""), _particulars(verdict))


def _particulars(verdict: Any) -> list[tuple[str, str]]:
    """What is known of a model that was admitted."""
    taken, answer = verdict.signature.rows, verdict.signature.answer
    names = [shorten(name) for name in verdict.signature.columns or ()]
    more = [f"… ({len(names)} in all)"] if len(names) > _MOST_COLUMNS else []
    return [
        ("SHA-256", verdict.sha256),
        ("takes", f"{verdict.signature.width} columns of {shorten(taken.type)}"),
        ("columns", ", ".join(names[:_MOST_COLUMNS] + more) or "in their order; it names none"),
        (
            "answers",
            shorten(answer.type) + (", probabilities" if verdict.signature.probabilities else ""),
        ),
        ("confined by", "\n".join(map(shorten, verdict.confinement))),
    ]
