"""The little Markdown that the pages are made of."""

import inspect
from collections.abc import Iterable, Sequence

GENERATED = "<!-- Written by `python -m docs.generate` from the code; do not edit. -->"


def document(title: str, *blocks: str) -> str:
    """A page: its title, the note that it is generated, and its blocks, a blank line between."""
    return "\n\n".join([f"# {title}", GENERATED, *blocks]) + "\n"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; line breaks and bars in a cell cannot break it."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def bullets(items: Iterable[str]) -> str:
    """A list."""
    return "\n".join(f"* {item}" for item in items)


def code(text: str, language: str) -> str:
    """A block of code."""
    return f"```{language}\n{text.strip()}\n```"


def told(thing: object) -> str:
    """A docstring, its paragraphs as they are."""
    return inspect.getdoc(thing) or ""


def sentence(text: str) -> str:
    """The first sentence, without its full stop.

    >>> sentence("One row. And more.")
    'One row'
    """
    first = text.partition("\n\n")[0].replace("\n", " ")
    return first.partition(". ")[0].removesuffix(".")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
