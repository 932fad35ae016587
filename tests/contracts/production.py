"""A version with the data that it was trained on, and logs of what production asked it."""

import hashlib
import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from adapters.memory.blobs import MemoryBlobs
from decisions.actions import Version
from decisions.events import Window
from decisions.ports import BlobVersion
from scoring.columns import matrix_of_columns
from scoring.predict import predict
from scoring.server.batches import Answered, packed, parquet
from scoring.sessions import Model, load_model
from tests.scoring.models import classifier

EIGHT = datetime(2026, 11, 21, 8, tzinfo=UTC)
WINDOW = Window(start=EIGHT, end=EIGHT + timedelta(hours=1))
RUN = "digits-00001-aaaaaaaa"
MODEL = classifier([0, 1], columns=["a", "b"])


def sample(rows: int, seed: int, shift: float = 0.0) -> dict[str, Any]:
    """Rows of two normal columns, of which the first may have moved."""
    generator = np.random.default_rng(seed)
    a, b = generator.normal(size=(2, rows))
    return {"a": a + shift, "b": b}


def table(columns: Mapping[str, Any]) -> bytes:
    """A Parquet file."""
    file = io.BytesIO()
    pq.write_table(pa.table(dict(columns)), file)
    return file.getvalue()


def trained(
    blobs: MemoryBlobs, files: Mapping[str, bytes] | None = None, model: bytes = MODEL
) -> Version:
    """Leave a run's model and manifest, and the training data that the manifest names."""
    if files is None:
        files = {"digits/a.parquet": table({**sample(2000, seed=0), "label": [0, 1] * 1000})}
    blobs.write("runs", f"{RUN}/model/model.onnx", model)
    uploaded = [blobs.upload("data", name, content) for name, content in files.items()]
    listed = [
        {"url": blobs.url("data", one.path), "etag": one.etag, "size": one.size} for one in uploaded
    ]
    manifest = json.dumps({"schema": 1, "model": "digits", "files": listed})
    blobs.write("manifests", "digits/m1.json", manifest.encode())
    digest = hashlib.sha256(model).hexdigest()
    return Version(version="1", run=RUN, sha256=digest, manifest="m1")


def logged(
    blobs: MemoryBlobs,
    columns: Mapping[str, Any],
    *,
    name: str = "a-1",
    at: datetime = EIGHT,
    version: str = "1",
    model: bytes = MODEL,
    excluded: tuple[str, ...] = (),
) -> BlobVersion:
    """Leave the log of one request, as the scoring server writes it."""
    loaded = load_model(model, hashlib.sha256(model).hexdigest())
    content = parquet([_answered(loaded, columns, at, version)], excluded)
    return blobs.upload("inference", f"digits/{at:%Y/%m/%d/%H}/{name}.parquet", content)


def _answered(model: Model, columns: Mapping[str, Any], at: datetime, version: str) -> Answered:
    given = {name: np.asarray(values) for name, values in columns.items()}
    matrix = matrix_of_columns(given, model.signature)
    return Answered(
        request="r",
        version=version,
        at=int(at.timestamp() * 1_000_000),
        latency=0.01,
        signature=model.signature,
        rows=len(matrix),
        values=matrix.tobytes(),
        answers=packed(predict(model, matrix)),
    )
