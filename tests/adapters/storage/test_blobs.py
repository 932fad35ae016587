"""What only Blob Storage can do wrong."""

import pytest
from azure.storage.blob import BlobServiceClient

from adapters.clients import blob_service
from adapters.storage.blobs import AzureBlobs
from decisions.errors import Missing, Transient
from local.azurite.server import connection_string
from local.ports import free_ports


def test_a_url_leaves_out_the_signature_of_the_connection():
    account = BlobServiceClient("https://account.blob.core.windows.net/?sv=2024&sig=SECRET")

    url = AzureBlobs(account).url("data", "digits/ä b.parquet")

    assert url == "https://account.blob.core.windows.net/data/digits/%C3%A4%20b.parquet"


def test_a_container_that_is_not_there_is_named(storage: str):
    with blob_service(storage) as service:
        blobs = AzureBlobs(service)

        with pytest.raises(Missing, match="nosuch"):
            list(blobs.list("nosuch", "digits/"))
        with pytest.raises(Missing, match="nosuch"):
            blobs.write("nosuch", "a", b"content")


def test_a_storage_that_is_not_reached_is_tried_again():
    blob, queue, table = free_ports(3)
    blobs = AzureBlobs(blob_service(connection_string(blob=blob, queue=queue, table=table)))

    with pytest.raises(Transient, match="read data/a"):
        blobs.read("data", "a")
