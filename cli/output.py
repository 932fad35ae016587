"""What a person sees: tables and sentences, or JSON for other programs; errors in one sentence."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, NoReturn

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from decisions.errors import Misconfigured, RatchetError

MISCONFIGURED = 2

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for other programs.")]


def print_json(document: Any) -> None:
    """Print a document as JSON."""
    content = msgspec.json.format(msgspec.json.encode(document), indent=2)
    typer.echo(content.decode())


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]], title: str = "") -> None:
    """Print rows under their columns; None is shown as nothing."""
    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*("" if cell is None else escape(str(cell)) for cell in row))
    out.print(table)


def fail(sentence: str, code: int = 1) -> NoReturn:
    """End with a sentence on standard error; a list of mistakes stands by itself."""
    before = "" if "\n" in sentence else "[bold red]ratchet:[/] "
    err.print(f"{before}{escape(sentence)}", soft_wrap=True)
    raise typer.Exit(code)


@contextmanager
def sentences() -> Iterator[None]:
    """Errors that Ratchet raises on purpose end the command with their sentence."""
    try:
        yield
    except Misconfigured as error:
        fail(str(error), MISCONFIGURED)
    except RatchetError as error:
        fail(str(error))
