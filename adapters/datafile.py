"""Whether a file of training data can be read at all: its format's own word is taken for it."""

from tabular.spans import Read, Spans

_PARQUET_LEAST = 12
_MOST_FOOTER = 64 * 1024 * 1024  # It is held in memory; that of a wide file has a few hundred KB.
_TAIL = 65_536  # Where a footer lies in most files: one read for one file.


def problem(path: str, size: int, read: Read) -> str | None:
    """What is wrong with a file of `size` bytes, or None; `read` gives a span of its bytes.

    A Parquet file is opened by its footer, which stands at its end and says where all its columns
    are; a file that was cut short has none. Other formats are read when they are trained on.
    """
    if size == 0:
        return "the file is empty"
    return _parquet_problem(size, read) if path.lower().endswith(".parquet") else None


def _parquet_problem(size: int, read: Read) -> str | None:
    from pyarrow import ArrowException, parquet

    tail = range(max(0, size - _TAIL), size)
    end = read(tail)
    if size < _PARQUET_LEAST or not end.endswith(b"PAR1"):
        return f"the Parquet file is cut short: its {size:,} bytes do not end with PAR1"
    footer = int.from_bytes(end[-8:-4], "little")
    if footer > _MOST_FOOTER:
        return f"the Parquet file's footer has {footer:,} bytes; {_MOST_FOOTER:,} are the most"
    try:
        rows = parquet.ParquetFile(Spans(size, read, (tail, end))).metadata.num_rows
    except (ArrowException, OSError, ValueError) as error:
        said = str(error).partition("\n")[0][:200]
        return f"the Parquet file's footer cannot be read: {said}"
    return None if rows > 0 else "the Parquet file has no rows"
