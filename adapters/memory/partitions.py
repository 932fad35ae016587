"""An engine that scores plain CSV by multiplying: the answer to `x` is x times the version."""

import json
from collections.abc import Iterator, Sequence
from io import BytesIO

from adapters.memory.blobs import MemoryBlobs
from decisions.actions import Version
from decisions.errors import Unfit
from decisions.policies import Wanted
from decisions.ports import BlobVersion, Piece, Scored

COLUMN = "x"
"""The one column that the model takes; all others are handed through."""


class MemoryPartitions:
    """Port `Partitions`; `unfit` maps a path to what is wrong with it, found while it is scored."""

    def __init__(self, blobs: MemoryBlobs) -> None:
        self._blobs = blobs
        self.unfit: dict[str, str] = {}

    def cut(
        self,
        blob: BlobVersion,
        version: Version,  # noqa: ARG002 - The model takes `x`, whichever it is.
        wanted: Wanted,  # noqa: ARG002 - All that is not `x` can be kept.
        most: int,
    ) -> Sequence[Piece]:
        """Pieces of whole lines of at most about `most` bytes; the first one has the header."""
        lines = self._lines(blob)
        self._header(blob, lines)
        pieces, start, stop = list[Piece](), 0, 0
        for line in lines:
            if stop > start and stop + len(line) - start > most:
                pieces.append(Piece(start=start, stop=stop))
                start = stop
            stop += len(line)
        return [*pieces, Piece(start=start, stop=stop)]

    def score(
        self,
        blob: BlobVersion,
        piece: Piece,
        version: Version,
        wanted: Wanted,  # noqa: ARG002 - It is always CSV with all that there is.
    ) -> Scored:
        """Multiply; a row without a number is a reject."""
        lines = self._lines(blob)
        header = self._header(blob, lines)
        if blob.path in self.unfit:
            raise Unfit(self.unfit[blob.path])
        output, rejects, rows = [",".join([*header, "prediction"])], list[str](), 0
        for rows, row in enumerate(_rows(lines, piece), 1):
            try:
                answer = float(row[header.index(COLUMN)]) * int(version.version)
            except (ValueError, IndexError):
                rejects.append(json.dumps({"row": rows, "reason": f"{COLUMN} is no number"}))
            else:
                output.append(",".join([*row, f"{answer:g}"]))
        return Scored(
            rows=rows,
            scored=len(output) - 1,
            rejected=len(rejects),
            output=_written(output),
            rejects=_written(rejects),
        )

    def numbered(self, rejects: bytes, file: str, before: int) -> bytes:
        """Rejects with the file's name, and numbered in it."""
        found = map(json.loads, rejects.splitlines())
        return _written(
            json.dumps({"file": file, "row": one["row"] + before, "reason": one["reason"]})
            for one in found
        )

    def _lines(self, blob: BlobVersion) -> list[bytes]:
        content = self._blobs.read(blob.container, blob.path, etag=blob.etag)
        return BytesIO(content).readlines()

    def _header(self, blob: BlobVersion, lines: list[bytes]) -> list[str]:
        header = lines[0].decode().strip().split(",") if lines else []
        if COLUMN not in header:
            raise Unfit(f"{blob.container}/{blob.path} has no column {COLUMN}")
        return header


def _rows(lines: list[bytes], piece: Piece) -> Iterator[list[str]]:
    """The rows of a piece; the first line of all is the header."""
    place = len(lines[0])
    for line in lines[1:]:
        if piece.start <= place < piece.stop:
            yield line.decode().strip().split(",")
        place += len(line)


def _written(lines: Iterator[str] | list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
