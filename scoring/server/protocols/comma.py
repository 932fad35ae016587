"""Rows as comma-separated values, the way MLflow's clients send a table.

The first line names the columns. A value is a number in decimal notation; an empty one is missing.
"""

import csv
import re

from scoring.errors import WrongRows
from scoring.rows import Rows
from scoring.signature import Signature

NUMBER = re.compile(r"[ \t]*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?[ \t]*", re.ASCII)
WHOLE_NUMBER = re.compile(r"[ \t]*[+-]?\d{1,20}[ \t]*", re.ASCII)


def rows_of_csv(body: bytes, signature: Signature) -> Rows:
    """The rows of a CSV body. Raises WrongRows."""
    try:
        lines = body.decode("utf-8-sig").splitlines(keepends=True)
        table = [row for row in csv.reader(lines, strict=True) if row]
    except (UnicodeDecodeError, csv.Error) as problem:
        raise WrongRows(f"the body is not CSV in UTF-8: {problem}") from None
    if not table:
        raise WrongRows("the body is empty; the first line has to name the columns")
    names, *rows = table
    return Rows([_numbers(row, number, names, signature) for number, row in enumerate(rows)], names)


def _numbers(row: list[str], number: int, names: list[str], signature: Signature) -> list[float]:
    if len(row) != len(names):
        problem = f"has {len(row)} values; the first line names {len(names)} columns"
        raise WrongRows(problem, row=number)
    whole = signature.rows.type.startswith("int")
    form = WHOLE_NUMBER if whole else NUMBER
    for name, text in zip(names, row, strict=True):
        if not form.fullmatch(text):
            wanted = "a whole number" if whole else "a number"
            found = f"the text {text[:40]!r}" if text else "nothing"
            raise WrongRows(f"expected {wanted}, found {found}", row=number, field=name)
    return [int(text) if whole else float(text) for text in row]
