"""Azurite as a service: Microsoft's clients, and data that survive a restart."""

from pathlib import Path

from azure.data.tables import TableServiceClient
from azure.storage.blob import BlobServiceClient

from local.azurite.server import azurite, connection_string
from local.ports import free_ports
from local.processes import Supervisor


def test_blobs_and_tables_survive_a_restart(tmp_path: Path):
    blob, queue, table = free_ports(3)
    service = azurite(tmp_path / "data", blob=blob, queue=queue, table=table)
    connection = connection_string(blob=blob, queue=queue, table=table)
    with (
        Supervisor(tmp_path / "logs") as processes,
        BlobServiceClient.from_connection_string(connection) as blobs,
        TableServiceClient.from_connection_string(connection) as tables,
    ):
        processes.start(service)
        blobs.create_container("kept").upload_blob("a", b"1")
        tables.create_table("kept").create_entity({"PartitionKey": "p", "RowKey": "r"})
        processes.stop("azurite")
        processes.start(service)
        assert blobs.get_container_client("kept").download_blob("a").readall() == b"1"
        assert tables.get_table_client("kept").get_entity("p", "r")["RowKey"] == "r"
