"""Clients are made from one setting, and only an address costs the import of azure.identity."""

import ssl
import subprocess
import sys

import pytest

from adapters.clients import blob_service, servicebus_client, table_service, trust
from local.azurite.server import connection_string

STORAGE = connection_string(blob=1, queue=2, table=3)
BUS = "Endpoint=sb://ratchet.servicebus.windows.net/;SharedAccessKeyName=k;SharedAccessKey=c2VjcmV0"

HEAVY = {"azure.identity", "msal", "pydantic", "pandas", "numpy", "scipy", "mlflow", "onnxruntime"}


def test_a_connection_string_names_its_own_addresses():
    assert blob_service(STORAGE).url == "http://127.0.0.1:1/devstoreaccount1/"
    assert table_service(STORAGE).url == "http://127.0.0.1:3/devstoreaccount1"
    assert servicebus_client(BUS).fully_qualified_namespace == "ratchet.servicebus.windows.net"


def test_an_address_is_used_with_the_managed_identity():
    blobs = blob_service("https://account.blob.core.windows.net")
    tables = table_service("https://account.table.core.windows.net")
    bus = servicebus_client("ratchet.servicebus.windows.net")

    assert (blobs.account_name, tables.account_name) == ("account", "account")
    assert bus.fully_qualified_namespace == "ratchet.servicebus.windows.net"
    assert blobs.credential is tables.credential


@pytest.mark.parametrize(
    "module",
    [
        "clients",
        "errors",
        "storage.models",
        "storage.arrivals",
        "storage.deliveries",
        "storage.blobs",
        "servicebus.messages",
        "servicebus.dead_letters",
    ],
)
def test_importing_an_adapter_imports_nothing_heavy(module: str):
    program = f"import sys, adapters.{module}; print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert not HEAVY & set(modules.stdout.split())


def test_a_connection_string_does_not_import_the_identity():
    program = (
        "import sys; from adapters.clients import *;"
        f"blob_service({STORAGE!r}); table_service({STORAGE!r}); servicebus_client({BUS!r});"
        "print(*sys.modules)"
    )
    modules = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert "azure.identity" not in modules.stdout.split()


def test_certificates_are_read_once_and_still_checked():
    trusted = trust()
    assert trust() is trusted
    assert trusted.check_hostname
    assert trusted.verify_mode == ssl.CERT_REQUIRED
