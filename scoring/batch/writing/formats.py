"""In which format a table leaves: a word for each, which is also how its file ends."""

from pathlib import PurePath
from typing import Literal, get_args

OutputFormat = Literal["parquet", "csv", "csv.gz", "csv.zst", "jsonl", "jsonl.gz", "jsonl.zst"]

FORMATS: tuple[OutputFormat, ...] = get_args(OutputFormat)


def format_of(name: str) -> OutputFormat | None:
    """The format that a file's name asks for; None when it asks for none that can be written."""
    lower = PurePath(name).name.lower()
    return next((one for one in FORMATS if lower.endswith(f".{one}")), None)
