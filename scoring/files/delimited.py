"""CSV: the model's columns are read as numbers, all others are handed through as the text they are.

What one row has wrong costs its block alone: it is read again as text, to find the fields.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from functools import partial

import pyarrow as pa
from pyarrow import csv as arrow

from scoring.errors import BadFile
from scoring.files.blocks import Block, Loaded, Piece, Reject, remaining
from scoring.files.ends import RecordEnds
from scoring.files.layout import layout
from scoring.files.numbers import MISSING, Numbers
from scoring.files.sources import Source, explained
from scoring.files.text import Text
from scoring.signature import Signature
from tabular.formats import BYTE_ORDER_MARK, Packing, separator_of

_HEAD = 1 << 16
_BARE = "has a header that ends in CR alone; lines have to end in LF or CRLF"


class DelimitedTable:
    """A table in CSV, whose first line names the columns."""

    def __init__(
        self,
        source: Source,
        packing: Packing | None,
        head: bytes,
        signature: Signature,
        keep: Sequence[str] | None,
    ) -> None:
        self._separator = separator_of(head.removeprefix(BYTE_ORDER_MARK).lstrip())
        self._ends = RecordEnds(self._separator)
        self._text = Text(source, packing, self._ends)
        self._names = self._header()
        self._layout = layout(source.name, self._names, signature, keep)
        self._numbers = Numbers(signature)
        self.name, self.features = source.name, self._layout.features
        self.kept = pa.schema([(name, pa.string()) for name in self._layout.kept])

    def cut(self, most: int) -> list[Piece]:
        """Spans of bytes that end with a record each; packed text is one piece."""
        return self._text.cut(most)

    def blocks(self, piece: Piece | None = None) -> Iterator[Block]:
        """The rows of a piece, or of the whole file. Raises BadFile."""
        for content, done in self._text.lines(piece or self._text.whole, skip=self._skip):
            yield Block(partial(self._loaded, content), done)

    def _header(self) -> list[str]:
        head = self._text.head(_HEAD)
        blank = len(head) - len(head.lstrip(b"\r\n"))
        length = self._ends.first(head[blank:]) or len(head) - blank
        self._skip = blank + length
        with explained(self._text.name, "CSV"):
            first = io.StringIO(head[blank : self._skip].decode(), newline="")
        try:
            names, *more = csv.reader(first, delimiter=self._separator)
        except csv.Error as error:
            raise BadFile(self._text.name, f"has a header that cannot be read: {error}") from error
        if any(more):
            raise BadFile(self._text.name, _BARE)
        return names

    def _loaded(self, content: bytes) -> Loaded:
        kept = dict.fromkeys(self._layout.kept, pa.string())
        numbers = dict.fromkeys(self._layout.features, self._numbers.type)
        with explained(self._text.name, "CSV"):
            try:
                batch, short = self._read(content, numbers | kept)
            except pa.ArrowInvalid:  # Some field is no number, most often.
                batch, short = self._read(content, dict.fromkeys(numbers | kept, pa.string()))
        read = [self._numbers.of(batch.column(name)) for name in self._layout.features]
        odd: dict[int, tuple[str, str]] = {}
        for name, (_, reasons) in zip(self._layout.features, read, strict=True):
            for row, reason in reasons.items():
                odd.setdefault(row, (name, reason))
        return Loaded(
            rows=batch.num_rows + len(short),
            features=[values for values, _ in read],
            kept=batch.select(self._layout.kept),
            places=remaining(batch.num_rows + len(short), short),
            odd=odd,
            rejects=short,
        )

    def _read(
        self, content: bytes, types: dict[str, pa.DataType]
    ) -> tuple[pa.RecordBatch, list[Reject]]:
        """The rows with as many fields as the header, and those with more or fewer."""
        short: list[Reject] = []

        def skip(row: arrow.InvalidRow) -> str:
            reason = f"has {row.actual_columns} fields; the header has {row.expected_columns}"
            short.append(Reject(row.number - 1, None, reason))
            return "skip"

        table = arrow.read_csv(
            io.BytesIO(content),
            arrow.ReadOptions(
                column_names=self._names, block_size=len(content) + 1, use_threads=False
            ),
            arrow.ParseOptions(
                delimiter=self._separator, newlines_in_values=True, invalid_row_handler=skip
            ),
            arrow.ConvertOptions(
                column_types=types, include_columns=list(types), null_values=MISSING
            ),
        )
        return _batch(table), short


def _batch(table: pa.Table) -> pa.RecordBatch:
    """A table of one block as the one batch that it is."""
    batches = table.combine_chunks().to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], table.schema)
