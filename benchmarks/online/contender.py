"""A server to be measured: how it is started, what it is asked, and what it answers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.environments import ROOT, interpreter
from benchmarks.online.cores import SERVER, on_core
from local.ports import HOST, free_ports
from local.probes import answers
from local.processes import Service, Supervisor

_PATIENCE = 120.0
"""Seconds within which a server has to be ready; some import a great deal."""


@dataclass(frozen=True, kw_only=True)
class Contender:
    """A server and its contract: one process on one core, in our environment or its own.

    `command` gives the arguments of the environment's Python for a port, which also stands in
    `PORT`. `body` is what a row is sent as; `label` reads the answer. `ready` is a path that
    answers 200 once it serves.
    """

    name: str
    command: Callable[[int], Sequence[str]]
    path: str
    body: Callable[[list[float]], bytes]
    label: Callable[[bytes], int]
    ready: str
    needs: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Running:
    """A contender that is ready: on which port, and which process it is."""

    contender: Contender
    port: int
    pid: int

    def requests(self, rows: list[list[float]]) -> list[bytes]:
        """The bytes of a request a row."""
        return [_request(self.contender, self.port, row) for row in rows]


@contextmanager
def running(contender: Contender, logs: Path) -> Iterator[Running]:
    """Start a contender on the servers' core, wait until it is ready, and stop it in the end."""
    (port,) = free_ports(1)
    python = interpreter(contender.name, contender.needs)
    service = Service(
        name=contender.name,
        command=(python, *contender.command(port)),
        ready=answers(f"http://{HOST}:{port}{contender.ready}"),
        ports={"http": port},
        environment={**_ENVIRONMENT, "PORT": str(port), **contender.environment},
        folder=ROOT,
        patience=_PATIENCE,
    )
    with Supervisor(logs) as processes:
        with on_core(SERVER):
            processes.start(service)
        yield Running(contender, port, processes.pid(service.name))


_ENVIRONMENT = {"DO_NOT_TRACK": "1", "PYTHONUNBUFFERED": "1", "OMP_NUM_THREADS": "1"}


def _request(contender: Contender, port: int, row: list[float]) -> bytes:
    body = contender.body(row)
    headers = {
        "host": f"{HOST}:{port}",
        "content-type": "application/json",
        "content-length": str(len(body)),
        **contender.headers,
    }
    lines = [f"POST {contender.path} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body
