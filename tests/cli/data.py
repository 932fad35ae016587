"""A table in the formats that people have, and what it looks like when it drifted."""

import bz2
import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

CITIES = ("Köln", "Zürich", "Münster")


def table(rows: int, *, seed: int, taller: float = 0.0) -> pd.DataFrame:
    """People of so many centimetres more than usual; nothing else changes."""
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "größe": random.normal(170 + taller, 10, rows).round(2),
            "stadt": random.choice(CITIES, rows, p=[0.5, 0.3, 0.2]),
            "alter": random.integers(18, 90, rows),
        }
    )


def write(frame: pd.DataFrame, path: Path) -> Path:
    """The table in the format of the path's ending, packed if it says so."""
    pack: Any = {".gz": gzip.compress, ".bz2": bz2.compress}.get(path.suffix, bytes)
    name = path.name.removesuffix(path.suffix) if pack is not bytes else path.name
    if name.endswith(".parquet"):
        pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), path)
    elif name.endswith(".jsonl"):
        path.write_bytes(pack(frame.to_json(orient="records", lines=True).encode()))
    else:
        path.write_bytes(pack(frame.to_csv(index=False, sep=";").encode()))
    return path
