"""Several half hours' worth of requests in two minutes: nothing grows, nothing breaks.

Many more clients than there are places ask a model that takes milliseconds a row, some of them what
is refused. So most requests are sent away, and what is left behind by each one would show.

Memory is looked at after each window. The first ones fill the pools of memory, until some files of
the log were written; whether it grows from there on shows between the second quarter and the last.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from benchmarks.measure import Figure
from benchmarks.online.contender import Running, running
from benchmarks.online.load import Told, ask
from benchmarks.online.ours import ours, storage
from benchmarks.online.rounds import mib
from tests.scoring.models import slow

_LEAST = 30 * 60 * 100
"""Requests of half an hour, a hundred a second."""
_CONNECTIONS = 200
_WINDOWS, _SECONDS = 24, 5.0
_WIDTH = 20
_MOST_GROWTH = 1.05


def figures() -> Iterator[Figure]:
    """Which statuses there were, the slowest answer, and the memory early and late."""
    with (
        tempfile.TemporaryDirectory(prefix="ratchet-overload-") as folder,
        storage(Path(folder)) as connection,
        running(ours(connection, slow(1_000, _WIDTH)), Path(folder) / "server") as server,
    ):
        windows = [_window(server) for _ in range(_WINDOWS)]
        alive = ask(server.port, _requests(server)[:1], connections=1, seconds=0.5)
    told, memory = zip(*windows, strict=True)
    yield _statuses(told)
    yield _slowest(told)
    yield _growth(memory)
    yield Figure(
        what="overload: what one client is answered after it",
        value=", ".join(map(str, alive.statuses)),
        bound="200",
        holds=set(alive.statuses) == {200},
    )


def _window(server: Running) -> tuple[Told, float]:
    """What was seen in some seconds, and the memory after them."""
    requests = _requests(server)
    told = ask(server.port, requests, connections=_CONNECTIONS, seconds=_SECONDS)
    return told, mib(server.pid)


def _requests(server: Running) -> list[bytes]:
    """Good ones, one without rows, one that is no JSON, one without a key."""
    (good,) = server.requests([[0.5] * _WIDTH])
    head, _, body = good.partition(b"\r\n\r\n")
    emptied = body.replace(b"0.5", b"   ").replace(b",", b" ")
    broken = b"{" + body[1:-1] + b" "
    without_key = b"\r\n".join(line for line in head.split(b"\r\n") if b"authorization" not in line)
    return [good] * 17 + [
        head + b"\r\n\r\n" + emptied,
        head + b"\r\n\r\n" + broken,
        without_key + b"\r\n\r\n" + body,
    ]


def _statuses(told: Sequence[Told]) -> Figure:
    found = sum((Counter(one.statuses) for one in told), Counter[int]())
    fine = all(200 <= status < 300 or 400 <= status < 500 or status == 503 for status in found)
    listed = ", ".join(f"{count:,} x {status}" for status, count in sorted(found.items()))
    return Figure(
        what=f"overload: {found.total():,} requests, {_CONNECTIONS} at once, were answered",
        value=listed,
        bound=f"2xx, 4xx, 503; {_LEAST:,} at least",
        holds=fine and found.total() >= _LEAST,
    )


def _slowest(told: Sequence[Told]) -> Figure:
    longest = max(one.longest for one in told)
    return Figure(
        what="overload: seconds of the slowest answer",
        value=f"{longest:.2f}",
        bound="at most 5",
        holds=longest <= 5,
    )


def _growth(memory: Sequence[float]) -> Figure:
    quarter = len(memory) // 4
    early, late = median(memory[quarter : 2 * quarter]), median(memory[-quarter:])
    return Figure(
        what="overload: MiB in the second quarter of the time, in the last",
        value=f"{early:.0f}, {late:.0f}",
        bound=f"at most {_MOST_GROWTH:.0%} of it",
        holds=late <= _MOST_GROWTH * early,
    )
