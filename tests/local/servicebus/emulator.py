"""The emulator as a real process, for tests that speak to it with a real client."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE
from typing import Any

from azure.servicebus import ServiceBusClient

from local.servicebus.amqp.sas import connection_string

QUEUES: dict[str, dict[str, Any]] = {
    "plain": {"maxDeliveryCount": 2},
    "brief": {"lockDuration": "PT1S"},
    "lanes": {"requiresSession": True},
    "briefer": {"requiresSession": True, "lockDuration": "PT1S"},
    "renewed": {"requiresSession": True, "lockDuration": "PT6S"},
    "unique": {"requiresDuplicateDetection": True},
}


@dataclass(frozen=True)
class Emulator:
    """A running emulator."""

    process: subprocess.Popen[str]
    port: int

    @property
    def connection_string(self) -> str:
        """What clients connect with."""
        return connection_string(self.port)

    def client(self, **options: Any) -> ServiceBusClient:
        """Microsoft's client. It tries once: what is refused should be seen, not waited for."""
        return ServiceBusClient.from_connection_string(
            self.connection_string, retry_total=0, **options
        )


@dataclass(frozen=True)
class Holder:
    """A client process that holds the first message of a queue."""

    process: subprocess.Popen[str]

    def first_body(self) -> str:
        """Waits for the message and gives its body."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip("\n")


_HOLDER = """
import sys
from azure.servicebus import ServiceBusClient
connection_string, queue, session = sys.argv[1:]
with ServiceBusClient.from_connection_string(connection_string) as client:
    with client.get_queue_receiver(queue, session_id=session or None) as receiver:
        print(receiver.receive_messages(1, max_wait_time=30)[0], flush=True)
        sys.stdin.read()
"""


@contextmanager
def receiving_process(running: Emulator, queue: str, session: str = "") -> Iterator[Holder]:
    """A client in a process of its own that takes a message and is killed at the end."""
    command = [sys.executable, "-c", _HOLDER, running.connection_string, queue, session]
    with _killed_at_the_end(command) as process:
        yield Holder(process)


@contextmanager
def spawn(data: Path, queues: str, *, port: int = 0) -> Iterator[subprocess.Popen[str]]:
    """The emulator's process on a queue file of that content; killed at the end."""
    file = data.with_suffix(".json")
    file.write_text(queues)
    command = [sys.executable, "-m", "local.servicebus"]
    command += ["--port", str(port), "--data", str(data), "--queues", str(file)]
    with _killed_at_the_end(command) as process:
        yield process


@contextmanager
def emulator(data: Path) -> Iterator[Emulator]:
    """A ready emulator on that folder with the usual queues."""
    queues = [{"name": name, "properties": properties} for name, properties in QUEUES.items()]
    with spawn(data, json.dumps({"queues": queues})) as process:
        assert process.stdout is not None
        ready = process.stdout.readline()
        assert ready.startswith("ready amqp://127.0.0.1:"), ready
        yield Emulator(process, int(ready.rsplit(":", 1)[1]))


@contextmanager
def _killed_at_the_end(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()
