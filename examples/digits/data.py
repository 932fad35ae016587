"""Cuts scikit-learn's bundled 1,797 handwritten digits into files, as they would arrive.

`python data.py FOLDER` writes seven subfolders, the chapters of the story:

first      3 small files, 120 rows: enough for a first model
more       4 files, 1,280 rows: enough for a better one
shuffled   1 file, 397 rows whose labels were dealt out anew: a model that learns from it is worse
truncated  1 file that ends in the middle: nobody can read it
scanned    4 files, 1,280 rows of `more` from a second scanner, which turns and dims what it reads
asked      2 files without labels, 397 rows each: what production asks, of either scanner
due        20 files, 1,000,000 rows with an id: all digits over and over, and 10 rows with a gap

The same bytes come out every time: rows are ordered by a digest of theirs, not by chance.
"""

import hashlib
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from scipy.ndimage import rotate
from sklearn.datasets import load_digits

# Rows in each file, chapter by chapter, in the order in which they arrive.
CHAPTERS = {"first": (40, 40, 40), "more": (320, 320, 320, 320), "shuffled": (397,)}
TURNED = 15.0  # Degrees, by which the second scanner holds the paper askew …
DIMMED = 0.7  # … and the share of the ink that it still sees.
DUE = 1_000_000  # Rows to be scored by a batch …
EACH = 50_000  # … in files of so many …
GAPS = 10  # … of which so many rows lack a pixel, evenly spread.


def ordered(pixels: np.ndarray, salt: str) -> np.ndarray:
    """The places of all rows in an order that only their content and the salt decide."""
    keys = [hashlib.sha256(salt.encode() + row.tobytes()).digest() for row in pixels]
    return np.array(sorted(range(len(pixels)), key=keys.__getitem__))


def scanned(pixels: np.ndarray) -> np.ndarray:
    """The same digits as the second scanner reads them."""
    images = pixels.reshape(-1, 8, 8)
    turned = rotate(images, TURNED, axes=(2, 1), reshape=False, order=1)
    return np.clip(turned * DIMMED, 0, 16).reshape(-1, 64).astype("<f4")


def table(pixels: np.ndarray, digits: np.ndarray | None = None) -> pa.Table:
    """The rows as they are stored: pixel_0 to pixel_63 as float32, label (if known) as int64."""
    columns = {f"pixel_{place}": pixels[:, place] for place in range(64)}
    return pa.table(columns if digits is None else {**columns, "label": digits.astype("<i8")})


def due(pixels: np.ndarray, start: int) -> pa.Table:
    """A file of the million: row `id` is the digit `id % 1797`, and some rows have a gap."""
    ids = np.arange(start, start + EACH)
    columns = {f"pixel_{place}": pa.array(pixels[ids % len(pixels), place]) for place in range(64)}
    gap = pa.array(ids % (DUE // GAPS) == 0)
    columns["pixel_27"] = pc.if_else(gap, None, columns["pixel_27"])
    return pa.table({"id": ids, **columns})


def write(folder: Path) -> dict[str, list[Path]]:
    """Write every chapter below the folder; gives the files of each in order of arrival."""
    pixels, digits = load_digits(return_X_y=True)
    order = ordered(pixels := pixels.astype("<f4"), "digits")
    written: dict[str, list[Path]] = {}

    def put(chapter: str, name: str, rows: pa.Table) -> None:
        path = folder / chapter / f"digits-{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(rows, path)
        written.setdefault(chapter, []).append(path)

    start = 0
    for chapter, sizes in CHAPTERS.items():
        for size in sizes:
            rows = order[start : start + size]
            dealt = rows[ordered(pixels[rows], "labels")] if chapter == "shuffled" else rows
            put(chapter, f"{start:04d}", table(pixels[rows], digits[dealt]))
            if chapter == "more":
                put("scanned", f"scanned-{start:04d}", table(scanned(pixels[rows]), digits[rows]))
            start += size
    put("asked", "as-before", table(pixels[rows]))
    put("asked", "scanned", table(scanned(pixels[rows])))
    return {**written, "truncated": [truncated(written["more"][0], folder)]}


def write_due(folder: Path) -> list[Path]:
    """Write the million rows of the batch below the folder; gives the files."""
    pixels = load_digits(return_X_y=True)[0].astype("u1")  # The ink of a pixel is 0 to 16.
    paths = [folder / "due" / f"digits-{start:06d}.parquet" for start in range(0, DUE, EACH)]
    paths[0].parent.mkdir(parents=True, exist_ok=True)
    for number, path in enumerate(paths):
        # A dictionary for every column costs more time than it saves room in pixels of one byte.
        rows = due(pixels, number * EACH)
        pq.write_table(rows, path, use_dictionary=False, compression="zstd")
    return paths


def truncated(whole: Path, folder: Path) -> Path:
    """A file that ends in the middle."""
    path = folder / "truncated" / "digits-broken.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    return path


if __name__ == "__main__":
    place = Path(sys.argv[1])
    for chapter, files in {**write(place), "due": write_due(place)}.items():
        print(chapter, *files)
