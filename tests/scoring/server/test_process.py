"""The server as the image runs it follows its endpoint, stops gracefully, and names mistakes."""

import json
import signal
import socket
import subprocess
import sys

import pytest

from scoring.errors import Unsuitable
from scoring.server.settings import Misconfigured, Storage
from scoring.server.source import Missing, Unavailable
from scoring.server.store import open_store
from tests.scoring.server.processes import ROOT, Account, answered, free_port, process, refused
from tests.scoring.server.serving import ROW, half_sent, until


def test_a_process_follows_the_endpoint_in_storage(account: Account):
    port = free_port()
    account.deploy(1, 1.0)
    with process(account, port):
        until(lambda: answered(f"http://127.0.0.1:{port}") == [1.0])
        account.deploy(2, 2.0)
        until(lambda: answered(f"http://127.0.0.1:{port}") == [2.0])
        until(lambda: account.traffic() == {"v2": 100})


def test_a_request_inside_is_answered_after_the_signal_to_stop(account: Account):
    port = free_port()
    account.deploy(1, 1.0)
    body = json.dumps(ROW).encode()
    with process(account, port) as running:
        until(lambda: answered(f"http://127.0.0.1:{port}") == [1.0])
        with half_sent(port, body) as slow:
            running.send_signal(signal.SIGTERM)
            until(lambda: refused(port))
            slow.sendall(body)
            answer = slow.makefile("rb").read()
        assert running.wait(30) == 0
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert answer.endswith(b"[1.0]")


def test_who_asks_all_the_time_is_told_of_the_stop_and_never_cut_off(account: Account):
    port = free_port()
    account.deploy(1, 1.0)
    asking = b"POST /score HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s"
    body = json.dumps(ROW).encode()
    with process(account, port) as running:
        until(lambda: answered(f"http://127.0.0.1:{port}") == [1.0])
        with socket.create_connection(("127.0.0.1", port), 30) as connection:
            answer = b""
            while b"connection: close" not in answer:
                connection.sendall(asking % (len(body), body))
                answer = connection.recv(1 << 16)
                assert answer.endswith(b"[1.0]")
                running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 0


def test_a_process_without_settings_names_them():
    ended = subprocess.run(
        [sys.executable, "-m", "scoring.server"],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stderr.decode().startswith("RATCHET_ENDPOINT is not set")


def test_garbage_is_not_searched_for_all_along():
    # What the collector does while a large body is parsed stops everything else.
    program = """
import gc, orjson
from scoring.server.__main__ import main
assert main() == 2
before = [each["collections"] for each in gc.get_stats()]
orjson.loads(b"[" + b",".join([b"[]"] * 1_000_000) + b"]")
print(sum(each["collections"] for each in gc.get_stats()) - sum(before))
"""
    ended = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )
    assert int(ended.stdout) < 100  # It is 1,400 times unless told otherwise.


def test_the_store_tells_what_changed(account: Account):
    store = account.store()
    with pytest.raises(Missing, match=r"there is no .*/desired\.json"):
        store.desired(None)
    account.deploy(1, 1.0)
    first = store.desired(None)
    assert first is not None
    assert json.loads(first.content)["generation"] == 1
    assert store.desired(first.tag) is None
    account.deploy(2, 2.0)
    second = store.desired(first.tag)
    assert second is not None
    assert json.loads(second.content)["generation"] == 2


def test_the_store_gives_models_up_to_a_size(account: Account):
    account.put("runs", f"{account.endpoint}/model/model.onnx", bytes(1000))
    folder = f"runs/{account.endpoint}/model"
    assert account.store().model(folder, 1000) == bytes(1000)
    with pytest.raises(Unsuitable, match=r"model\.onnx has 1,000 bytes, of at most 999"):
        account.store().model(folder, 999)
    with pytest.raises(Missing):
        account.store().model("runs/elsewhere", 1000)


def test_a_store_that_is_down_is_unavailable():
    url = f"http://127.0.0.1:{free_port()}/devstoreaccount1"
    connection = f"AccountName=devstoreaccount1;AccountKey=a2V5;BlobEndpoint={url};"
    store = open_store(Storage(connection_string=connection), "digits")
    with pytest.raises(Unavailable, match=r"digits/desired\.json cannot be reached"):
        store.desired(None)


def test_a_connection_string_that_is_none_is_named():
    with pytest.raises(Misconfigured, match="RATCHET_STORAGE cannot be used"):
        open_store(Storage(connection_string="nonsense"), "digits")


def test_the_store_keeps_a_log_file_once(account: Account):
    account.store().keep("2026/11/21/13/a-1.parquet", b"first")
    account.store().keep("2026/11/21/13/a-1.parquet", b"second")
    path = f"{account.endpoint}/2026/11/21/13/a-1.parquet"
    blob = account.service.get_blob_client("inference", path).download_blob()
    assert blob.readall() == b"first"
    assert blob.properties.content_settings.content_type == "application/vnd.apache.parquet"
