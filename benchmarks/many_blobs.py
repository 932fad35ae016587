"""2,500 blobs uploaded within two minutes start one run, not 2,500."""

import io
import time
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pyarrow.parquet as pq

from adapters.clients import blob_service
from benchmarks.measure import Figure
from decisions.state import ModelState
from local.stack import Stack
from wiring.services import Services
from wiring.settings import Settings

MODEL = "bench"
_BLOBS = 2_500
_UPLOAD_WITHIN = 120.0
_SUBMIT_WITHIN = 180.0
_PATIENCE = 300.0


def figures(stack: Stack) -> list[Figure]:
    """How long the uploads took, how soon they were one submission, and that it was one."""
    services = Services(Settings.of_file(stack.settings_file))
    seconds = _upload(services)
    uploaded = time.monotonic()
    state = _submitted(services)
    waited = time.monotonic() - uploaded
    gathered = [one for one in services.models.ledger(MODEL, 100) if one.event == "ManifestFrozen"]
    files = sum(one.numbers["files"] for one in gathered)
    return [
        Figure(
            what=f"{_BLOBS:,} blobs: seconds to upload them",
            value=f"{seconds:.0f}",
            bound=f"at most {_UPLOAD_WITHIN:.0f}",
            holds=seconds <= _UPLOAD_WITHIN,
        ),
        Figure(
            what=f"{_BLOBS:,} blobs: runs started, with how many files",
            value=f"{state.attempts}, {files:,}",
            bound=f"1, {_BLOBS:,}",
            holds=(state.attempts, files) == (1, _BLOBS),
        ),
        Figure(
            what=f"{_BLOBS:,} blobs: seconds from the last upload to the submission",
            value=f"{waited:.0f}",
            bound=f"at most {_SUBMIT_WITHIN:.0f}",
            holds=waited <= _SUBMIT_WITHIN,
        ),
    ]


def _upload(services: Services) -> float:
    """Upload small files side by side, as many clients would; gives the seconds it took."""
    container = blob_service(services.settings["RATCHET_STORAGE"]).get_container_client("data")
    contents = [_parquet(number) for number in range(_BLOBS)]
    begin = time.monotonic()
    with ThreadPoolExecutor(8) as clients:
        list(clients.map(lambda one: container.upload_blob(*one, overwrite=True), contents))
    return time.monotonic() - begin


def _parquet(number: int) -> tuple[str, bytes]:
    file = io.BytesIO()
    pq.write_table(pa.table({"row": [number]}), file)
    return f"{MODEL}/{number:05d}.parquet", file.getvalue()


def _submitted(services: Services) -> ModelState:
    """The state once the run was submitted, given up (nothing is published), and all is quiet."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        state = services.models.load(MODEL).state
        if state.attempts and not (state.training or state.gathering or state.pending):
            return state
        time.sleep(1)
    raise TimeoutError(f"no training was started within {_PATIENCE:.0f} s")
