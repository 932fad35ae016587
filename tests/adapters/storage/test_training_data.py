"""A manifest's addresses lead back to the blobs of a real account, whatever they are called."""

import json
from contextlib import suppress

import pytest
from azure.core.exceptions import ResourceExistsError

from adapters.clients import blob_service
from adapters.profiler import training
from adapters.storage.blobs import AzureBlobs
from decisions.actions import Version
from decisions.ports import BlobVersion
from tests.contracts.production import table
from tests.scoring.models import loaded, regressor

TAKES_A = loaded(regressor([1.0], columns=["a"])).signature


@pytest.mark.parametrize("name", ["a.parquet", "b c%.parquet", "ü/d+e#f.parquet"])
def test_file_of_a_manifest_is_found_and_read(storage: str, name: str):
    version = Version(version="1", run="gone", sha256="s", manifest="m1")
    with blob_service(storage) as service:
        for container in ("runs", "manifests", "data"):
            with suppress(ResourceExistsError):
                service.create_container(container)
        blobs = AzureBlobs(service)
        tag = blobs.write("data", f"digits/{name}", table({"a": [1.0, 2.0]}))
        size = blobs.find("data", f"digits/{name}").size
        listed = [{"url": blobs.url("data", f"digits/{name}"), "etag": tag, "size": size}]
        blobs.write("manifests", "digits/m1.json", json.dumps({"files": listed}).encode())
        (file,) = training.files(blobs, "digits", version)
        assert file == BlobVersion(container="data", path=f"digits/{name}", etag=tag, size=size)
        (batch,) = training.batches(blobs, file, TAKES_A)
        assert [list(column.values) for column in batch] == [[1.0, 2.0]]
