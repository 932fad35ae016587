"""The load: a process that asks over some connections as fast as it is answered.

`python -m benchmarks.online.load < PLAN > TOLD`. It must not be what is measured: the bytes of each
request are made before, nothing is decoded while the clock runs, and one thread waits for all
connections at once.
"""

import base64
import json
import selectors
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.online.cores import OTHERS, on_core
from local.ports import HOST

_CHUNK = 1 << 16
_END = b"\r\n\r\n"
_LENGTH = b"content-length:"
_PATIENCE = 30.0
"""Seconds of silence on all connections after which the server is taken to hang."""


@dataclass(frozen=True)
class Told:
    """What the load saw: requests a second, latencies in seconds, and each answer it was given.

    `answers` has the number of the request, the body that came back, and how often it did.
    """

    rate: float
    p50: float
    p99: float
    longest: float
    statuses: dict[int, int]
    answers: list[tuple[int, bytes, int]]


def ask(port: int, requests: Sequence[bytes], *, connections: int, seconds: float) -> Told:
    """Have a process of its own, on its own core, ask in turn what is given, for so long."""
    plan = {
        "port": port,
        "requests": [base64.b64encode(one).decode() for one in requests],
        "connections": connections,
        "seconds": seconds,
    }
    with on_core(OTHERS):
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.online.load"],
            input=json.dumps(plan).encode(),
            capture_output=True,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(f"the load failed:\n{done.stderr.decode()}")
    told = json.loads(done.stdout)
    told["statuses"] = {int(status): count for status, count in told["statuses"].items()}
    told["answers"] = [(n, base64.b64decode(body), count) for n, body, count in told["answers"]]
    return Told(**told)


class _Connection:
    """One connection: what it asked last, when, and what has come back so far."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((HOST, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.number = 0
        self.asked = 0.0
        self.received = b""

    def ask(self, number: int, request: bytes) -> None:
        """Send one request; it is small enough for the socket to take it whole."""
        self.number, self.received = number, b""
        self.asked = time.perf_counter()
        self.socket.sendall(request)

    def answer(self) -> tuple[int, bytes] | None:
        """The status and the body, once all of it is there."""
        received = self.socket.recv(_CHUNK)
        if not received:
            raise ConnectionError("the server closed a connection")
        if self.received:
            received = self.received + received
        head = received.find(_END)
        if head >= 0 and len(received) >= head + 4 + _length(received[:head]):
            return int(received[9:12]), received[head + 4 :]
        self.received = received
        return None


def _length(head: bytes) -> int:
    lower = head.lower()
    at = lower.index(_LENGTH) + len(_LENGTH)
    end = lower.find(b"\r", at)
    return int(lower[at : end if end >= 0 else None])


class _Load:
    """All connections, and what was seen on them."""

    def __init__(self, port: int, requests: Sequence[bytes], connections: int) -> None:
        self._requests = requests
        self._next = 0
        self._selector = selectors.DefaultSelector()
        self._open = [_Connection(port) for _ in range(connections)]
        for one in self._open:
            self._selector.register(one.socket, selectors.EVENT_READ, one)
        self.latencies: list[float] = []
        self.statuses: Counter[int] = Counter()
        self.answers: Counter[tuple[int, bytes]] = Counter()

    def run(self, seconds: float) -> float:
        """Ask and ask again; gives the seconds from the first request to the last answer."""
        begun = time.perf_counter()
        end = begun + seconds
        waiting = len(self._open)
        for one in self._open:
            self._ask(one)
        while waiting:
            ready = self._selector.select(_PATIENCE)
            if not ready:
                raise TimeoutError(f"{waiting} requests are not answered")
            for key, _ in ready:
                if self._answered(key.data):
                    if time.perf_counter() < end:
                        self._ask(key.data)
                    else:
                        waiting -= 1
        return time.perf_counter() - begun

    def _ask(self, one: _Connection) -> None:
        number = self._next
        self._next = (number + 1) % len(self._requests)
        one.ask(number, self._requests[number])

    def _answered(self, one: _Connection) -> bool:
        answer = one.answer()
        if answer is None:
            return False
        status, body = answer
        self.latencies.append(time.perf_counter() - one.asked)
        self.statuses[status] += 1
        self.answers[one.number, body] += 1
        return True


def _main() -> None:
    plan = json.load(sys.stdin)
    requests = [base64.b64decode(one) for one in plan["requests"]]
    load = _Load(plan["port"], requests, plan["connections"])
    seconds = load.run(plan["seconds"])
    ordered = sorted(load.latencies)
    told = {
        "rate": len(ordered) / seconds,
        "p50": ordered[len(ordered) // 2],
        "p99": ordered[len(ordered) * 99 // 100],
        "longest": ordered[-1],
        "statuses": load.statuses,
        "answers": [
            (number, base64.b64encode(body).decode(), count)
            for (number, body), count in load.answers.items()
        ],
    }
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    _main()
