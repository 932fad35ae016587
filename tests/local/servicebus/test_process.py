"""The process: starting, ending, dying, and what it refuses."""

import signal
import socket
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from azure.servicebus import ServiceBusClient, ServiceBusMessage
from azure.servicebus.exceptions import (
    MessagingEntityNotFoundError,
    ServiceBusAuthenticationError,
)

from tests.local.servicebus.emulator import Emulator, emulator, receiving_process, spawn

WAIT = 10.0  # Seconds; what is expected to come comes much sooner.
ONE_QUEUE = '{"queues": [{"name": "plain"}]}'


def send(running: Emulator, *bodies: str, queue: str = "plain") -> None:
    with running.client() as client, client.get_queue_sender(queue) as sender:
        for body in bodies:
            sender.send_messages(ServiceBusMessage(body))


def waiting_in_plain(running: Emulator) -> list[str]:
    with running.client() as client, client.get_queue_receiver("plain") as receiver:
        return [str(message) for message in receiver.peek_messages(10, sequence_number=1)]


def received(running: Emulator, queue: str) -> list[tuple[str, int | None]]:
    with running.client() as client, client.get_queue_receiver(queue) as receiver:
        messages = receiver.receive_messages(10, max_wait_time=WAIT)
        return [(str(message), message.delivery_count) for message in messages]


def failure(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, errors = process.communicate(timeout=30)
    return process.returncode, errors


def test_accepted_message_survives_the_death_of_the_emulator(tmp_path: Path):
    with emulator(tmp_path / "data") as first:
        send(first, "a", "b")
        first.process.send_signal(signal.SIGKILL)
        first.process.wait()
    with emulator(tmp_path / "data") as second:
        assert waiting_in_plain(second) == ["a", "b"]


def test_lock_is_released_by_a_restart(tmp_path: Path):
    with emulator(tmp_path / "data") as first:
        send(first, "a")
        with receiving_process(first, "plain") as holder:
            assert holder.first_body() == "a"
            first.process.kill()
            first.process.wait()
    with emulator(tmp_path / "data") as second:
        assert received(second, "plain") == [("a", 0)]


def test_lock_of_a_killed_client_lasts_until_it_expires(servicebus: Emulator):
    send(servicebus, "a", queue="brief")
    with receiving_process(servicebus, "brief") as holder:
        assert holder.first_body() == "a"
    assert received(servicebus, "brief") == [("a", 1)]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["TERM", "INT"])
def test_ends_cleanly_when_told_to_stop_with_a_client_connected(
    tmp_path: Path, number: signal.Signals
):
    with emulator(tmp_path / "data") as running:
        with socket.create_connection(("127.0.0.1", running.port)):
            running.process.send_signal(number)
            assert running.process.wait(timeout=30) == 0
        assert running.process.stderr is not None
        assert running.process.stderr.read() == ""


def test_second_process_on_the_same_folder_is_refused(tmp_path: Path):
    with emulator(tmp_path / "data"), spawn(tmp_path / "data", ONE_QUEUE) as second:
        status, errors = failure(second)
    assert status == 1
    assert "is another process on it?" in errors


def test_taken_port_is_named(tmp_path: Path):
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        with spawn(tmp_path / "data", ONE_QUEUE, port=port) as process:
            status, errors = failure(process)
    assert status == 1
    assert f"127.0.0.1:{port}" in errors


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("{", "data.json"),
        ('{"queues": [{"name": "q", "properties": {"lockDuration": "PT10M"}}]}', "lockDuration"),
        ('{"queues": [{"name": "q", "properties": {"maxDeliveryCount": 0}}]}', "maxDeliveryCount"),
        ('{"queues": [{"name": "q", "properties": {"forwardTo": "r"}}]}', "forwardTo"),
        ('{"queues": [{"name": "$cbs"}]}', "queues[0].name"),
        ('{"queues": [{"name": "q"}, {"name": "Q"}]}', "twice"),
    ],
    ids=["no JSON", "long lock", "no delivery", "not emulated", "reserved name", "double name"],
)
def test_wrong_queue_file_is_explained(tmp_path: Path, content: str, expected: str):
    with spawn(tmp_path / "data", content) as process:
        status, errors = failure(process)
    assert status == 1
    assert expected in errors
    assert "Traceback" not in errors


def test_wrong_key_is_refused(servicebus: Emulator):
    wrong = servicebus.connection_string.replace("SAS_KEY_VALUE", "guess")
    with (
        ServiceBusClient.from_connection_string(wrong, retry_total=0) as client,
        pytest.raises(ServiceBusAuthenticationError),
    ):
        client.get_queue_sender("plain").send_messages(ServiceBusMessage("a"))


def test_unknown_queue_is_refused_with_the_known_ones(client: ServiceBusClient):
    with pytest.raises(MessagingEntityNotFoundError, match="there are: plain"):
        client.get_queue_sender("missing").send_messages(ServiceBusMessage("a"))


@pytest.mark.parametrize(
    "garbage",
    [b"GET / HTTP/1.1\r\n\r\n", b"AMQP\x00\x01\x00\x00" + b"\xff" * 4096, b"\x00" * 70_000],
    ids=["HTTP", "frames", "zeros"],
)
def test_garbage_ends_its_own_connection_alone(servicebus: Emulator, garbage: bytes):
    with socket.create_connection(("127.0.0.1", servicebus.port), timeout=WAIT) as vandal:
        vandal.sendall(garbage)
        vandal.shutdown(socket.SHUT_WR)
        while vandal.recv(65536):
            pass
    send(servicebus, "still here")
    assert waiting_in_plain(servicebus) == ["still here"]
