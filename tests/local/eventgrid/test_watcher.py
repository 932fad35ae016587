"""Uploads through the watched port, by Microsoft's client, and the events that they raise."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import jsonschema
import pytest
from azure.core.exceptions import HttpResponseError
from azure.core.pipeline.transport import RequestsTransport
from azure.storage.blob import (
    BlobClient,
    BlobServiceClient,
    ContainerClient,
    ContentSettings,
    LinearRetry,
    generate_blob_sas,
)

from local.azurite.server import ACCOUNT, KEY
from local.ports import free_ports
from tests.local.eventgrid.grid import SPECS, Endpoint, Grid, grid, until, webhook

ENVELOPE = {"topic", "subject", "eventType", "eventTime", "id", "data", "dataVersion"}


@contextmanager
def watched(folder: Path, storage: str, url: str) -> Iterator[tuple[Grid, ContainerClient]]:
    """The emulator in front of Azurite, and a new container as clients see it."""
    [port] = free_ports(1)
    blob = next(part for part in storage.split(";") if part.startswith("BlobEndpoint="))
    upstream = int(blob.split(":")[-1].split("/")[0])
    watch = {"topic": "orders", "port": port, "upstream": upstream}
    with grid(folder, webhook(url), storage=storage, watch=watch) as running:
        seen = storage.replace(f":{upstream}/", f":{port}/")
        quick = LinearRetry(backoff=0, retry_total=0)
        with BlobServiceClient.from_connection_string(
            seen, max_single_put_size=100_000, max_block_size=100_000, retry_policy=quick
        ) as service:
            yield running, service.create_container(f"c-{uuid4()}")


def test_an_upload_raises_the_official_event(tmp_path: Path, storage: str, hook: Endpoint):
    with watched(tmp_path, storage, hook.url) as (_, container):
        settings = ContentSettings(content_type="text/plain")
        made = container.upload_blob("new file.txt", b"12345", content_settings=settings)
        etag = made.get_blob_properties().etag
        hook.wait(1)
    [event] = hook.events
    sample = json.loads((SPECS / "storage" / "event-grid-schema" / "blob_created.json").read_text())
    official = sample[0] if isinstance(sample, list) else sample
    definitions = json.loads((SPECS / "storage-blob-created.schema.json").read_text())
    jsonschema.validate(
        event["data"], {"$ref": "#/definitions/StorageBlobCreatedEventData", **definitions}
    )
    assert set(event["data"]) == set(official["data"])
    assert set(event) >= ENVELOPE
    assert event["subject"].endswith("/blobs/new file.txt")
    assert event["data"]["url"] == made.url
    assert event["data"]["api"] == "PutBlob"
    assert event["data"]["eTag"] == etag.strip('"')
    assert event["data"]["contentType"] == "text/plain"
    assert event["data"]["contentLength"] == 5
    assert event["data"]["blobType"] == "BlockBlob"


def test_blocks_and_copies_raise_one_event_each(tmp_path: Path, storage: str, hook: Endpoint):
    with watched(tmp_path, storage, hook.url) as (_, container):
        big = container.upload_blob("big", b"x" * 350_000)
        container.get_blob_client("copy").start_copy_from_url(big.url)
        hook.wait(2)
        content = container.download_blob("copy").readall()
    data = {event["data"]["api"]: event["data"] for event in hook.events}
    assert set(data) == {"PutBlockList", "CopyBlob"}
    assert {one["contentLength"] for one in data.values()} == {350_000}
    assert content == b"x" * 350_000


def test_what_changes_no_content_raises_nothing(tmp_path: Path, storage: str, hook: Endpoint):
    with watched(tmp_path, storage, hook.url) as (running, container):
        blob = container.upload_blob("a", b"1")
        blob.set_blob_metadata({"seen": "yes"})
        blob.acquire_lease(15).release()
        with pytest.raises(HttpResponseError):
            container.upload_blob("a", b"2")
        blob.delete_blob()
        container.upload_blob("b", b"3")
        until(lambda: running.deliveries("delivered") == 2)
    assert [event["subject"][-1] for event in hook.events] == ["a", "b"]


def test_versions_of_a_blob_are_in_the_order_of_their_sequencers(
    tmp_path: Path, storage: str, hook: Endpoint
):
    with watched(tmp_path, storage, hook.url) as (_, container):
        written = [
            container.upload_blob("a", str(n).encode(), overwrite=True).get_blob_properties().etag
            for n in range(5)
        ]
        hook.wait(5)
    ordered = sorted(hook.events, key=lambda event: event["data"]["sequencer"])
    assert [event["data"]["eTag"] for event in ordered] == [etag.strip('"') for etag in written]


def test_a_shared_access_signature_holds(tmp_path: Path, storage: str, hook: Endpoint):
    with watched(tmp_path, storage, hook.url) as (_, container):
        ends = datetime.now(UTC) + timedelta(hours=1)
        signature = generate_blob_sas(
            ACCOUNT,
            container.container_name,
            "signed",
            account_key=KEY,
            permission="cw",
            expiry=ends,
        )
        url = f"{container.get_blob_client('signed').url}?{signature}"
        with BlobClient.from_blob_url(url, transport=RequestsTransport()) as blob:
            blob.upload_blob(b"1")
        hook.wait(1)
    assert signature.split("sig=")[1] not in json.dumps(hook.events)


def test_every_one_of_many_uploads_at_once_is_seen(tmp_path: Path, storage: str, hook: Endpoint):
    with watched(tmp_path, storage, hook.url) as (_, container):
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda n: container.upload_blob(f"{n}", b"1"), range(200)))
        hook.wait(200)
    names = {event["subject"].rpartition("/")[2] for event in hook.events}
    assert names == {str(n) for n in range(200)}


def test_a_restart_loses_nothing_and_raises_nothing_again(
    tmp_path: Path, storage: str, hook: Endpoint
):
    with watched(tmp_path, storage, hook.url) as (running, container):
        container.upload_blob("before", b"1")
        # Until it is written down a delivery may be repeated, which is another promise's test.
        until(lambda: running.deliveries("delivered") == 1)
        running.kill()
        running.start()
        container.upload_blob("after", b"1")
        hook.wait(2)
        until(lambda: running.deliveries("delivered") == 2)
    assert [event["subject"].rpartition("/")[2] for event in hook.events] == ["before", "after"]


def test_a_storage_account_that_is_away_is_busy(tmp_path: Path, storage: str, hook: Endpoint):
    free, away = free_ports(2)
    watch = {"topic": "orders", "port": free, "upstream": away}
    with grid(tmp_path, webhook(hook.url), storage=storage, watch=watch):
        once = LinearRetry(backoff=0, retry_total=0)
        url = f"http://127.0.0.1:{free}/{ACCOUNT}/c/b"
        blob = BlobClient.from_blob_url(url, credential=KEY, retry_policy=once)
        with blob, pytest.raises(HttpResponseError) as refused:
            blob.upload_blob(b"1")
    assert refused.value.status_code == 503
