"""The chapter of the million: three hosts score a scheduled batch, and one of them is killed."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from azure.storage.blob import ContainerClient
from pyarrow import parquet

from adapters.clients import blob_service
from cli.demo import outside
from cli.demo.stage import MODEL, Stage, StoryError
from decisions.state import ModelState
from handlers import results

HOSTS = 3
_CONTAINER, _IN, _OUT = "batch", f"{MODEL}/in", f"{MODEL}/out"
_KILLED_AT = 4  # Parts that are done when a host is killed: the batch is well on its way.


def million(stage: Stage, files: Sequence[Path]) -> None:
    """A million rows become due; a host dies at its work; every row is answered once."""
    rows = sum(parquet.read_metadata(file).num_rows for file in files)
    stage.title(6, "A million rows are due: three hosts score them, and one of them is killed")
    with stage.console.status("starting two more Functions hosts …"):
        killed = [stage.stack.add_host() for _ in range(HOSTS - 1)][-1]
    _upload(stage, files)
    with outside.frequent_ticks(stage):
        stage.wait("the batch is on its way", lambda state: _done(stage, state) >= _KILLED_AT)
        stage.stack.kill(killed)
        done = _done(stage, stage.state)
        stage.say(f"{killed} was killed (SIGKILL) with {done} of {len(files)} parts done.")
        stage.wait("all is published", lambda state: _rests(state) and _rows(stage) == rows)
    outside.expect_webhooks(stage, {"batch.published": 1})
    _prove(stage)


def _upload(stage: Stage, files: Sequence[Path]) -> None:
    for file in files:
        _container(stage).upload_blob(f"{_IN}/{file.name}", file.read_bytes())
    size = sum(file.stat().st_size for file in files)
    stage.say(f"Uploaded {len(files)} files, {size:,} bytes, to {_CONTAINER}/{_IN}/.")


def _rests(state: ModelState) -> bool:
    return not state.batches.running


def _done(stage: Stage, state: ModelState) -> int:
    """How many parts of the batch that runs are done."""
    batch = state.batches.running
    return len(results.done(MODEL, batch.window, stage.services)) if batch else 0


def _prove(stage: Stage) -> None:
    """Count what is there, with nothing but the manifests and the files that they list."""
    container = _container(stage)
    published = [_published(container, name) for name in _manifests(container)]
    ids = np.concatenate([one for _, *found in published for one in found])
    counts = {
        "rows in": sum(rows for rows, *_ in published),
        "rows out": sum(len(answered) for _, answered, _ in published),
        "rejects": sum(len(rejected) for *_, rejected in published),
        "ids that are there once": len(np.unique(ids)),
    }
    for what, count in counts.items():
        stage.say(f"{what}: {count:,}")
    if not counts["rows in"] == len(ids) == len(np.unique(ids)):
        raise StoryError("a row is missing, or there twice")


def _rows(stage: Stage) -> int:
    """How many rows were published, whether in one batch or, on a slow machine, in two."""
    container = _container(stage)
    read = (container.download_blob(name).readall() for name in _manifests(container))
    return sum(json.loads(content)["totals"]["rows"] for content in read)


def _manifests(container: ContainerClient) -> list[str]:
    names = container.list_blob_names(name_starts_with=f"{_OUT}/")
    return [name for name in names if name.endswith("/_manifest.json")]


def _published(container: ContainerClient, name: str) -> tuple[int, np.ndarray, np.ndarray]:
    """Of a manifest: how many rows came in, the ids that were answered, and those rejected."""
    folder = name.rpartition("/")[0]
    manifest = json.loads(container.download_blob(name).readall())
    answers = pa.concat_tables(_parts(container, folder, manifest))
    listed = [container.download_blob(f"{folder}/{one['name']}") for one in manifest["rejects"]]
    rejects = [json.loads(line) for one in listed for line in one.readall().splitlines()]
    rejected = np.array([_id(one) for one in rejects], dtype=np.int64)
    rows = sum(file["rows"] for file in manifest["files"])
    return rows, answers["id"].to_numpy(), rejected


def _parts(container: ContainerClient, folder: str, manifest: dict[str, Any]) -> Iterator[pa.Table]:
    for part in manifest["parts"]:
        content = container.download_blob(f"{folder}/{part['name']}").readall()
        if hashlib.sha256(content).hexdigest() != part["sha256"]:
            raise StoryError(f"{part['name']} is not what the manifest says")
        yield parquet.read_table(pa.BufferReader(content))


def _id(reject: dict[str, Any]) -> int:
    """The id of a rejected row: its file's name says the first one, and its row is counted from 1.

    >>> _id({"file": "batch/digits/in/digits-050000.parquet", "row": 1})
    50000
    """
    return int(Path(reject["file"]).stem.rpartition("-")[2]) + int(reject["row"]) - 1


def _container(stage: Stage) -> ContainerClient:
    service = blob_service(stage.services.settings["RATCHET_STORAGE"])
    return service.get_container_client(_CONTAINER)
