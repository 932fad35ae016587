"""Half an hour's worth of requests, as fast as they are answered: nothing grows, nothing breaks.

Many more clients than there are places ask a model that takes milliseconds a row, some of them what
is refused. So most requests are sent away, and what is left behind by each one would show.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Figure
from benchmarks.online.contender import Running, running
from benchmarks.online.load import Told, ask
from benchmarks.online.ours import ours, storage
from benchmarks.online.rounds import mib
from tests.scoring.models import slow

_REQUESTS = 30 * 60 * 100
"""Those of half an hour, a hundred a second."""
_CONNECTIONS = 200
_SECONDS = 5.0
_MOST_SECONDS = 120.0
_WIDTH = 20
_MOST_GROWTH = 1.05


def figures() -> Iterator[Figure]:
    """Which statuses there were, the slowest answer, and the memory at a quarter and at the end."""
    with (
        tempfile.TemporaryDirectory(prefix="ratchet-overload-") as folder,
        storage(Path(folder)) as connection,
        running(ours(connection, slow(1_000, _WIDTH)), Path(folder) / "server") as server,
    ):
        quarter = _asked(server, _REQUESTS // 4, _MOST_SECONDS / 4)
        early = mib(server.pid)
        rest = _asked(server, _REQUESTS * 3 // 4, _MOST_SECONDS * 3 / 4)
        late = mib(server.pid)
        alive = ask(server.port, _requests(server)[:1], connections=1, seconds=0.5)
    yield _statuses([*quarter, *rest])
    yield _slowest([*quarter, *rest])
    yield _growth(early, late)
    yield Figure(
        what="overload: what one client is answered after it",
        value=", ".join(map(str, alive.statuses)),
        bound="200",
        holds=set(alive.statuses) == {200},
    )


def _asked(server: Running, count: int, seconds: float) -> list[Told]:
    """Ask so many requests, or for so many seconds."""
    told: list[Told] = []
    while sum(_count(one) for one in told) < count and len(told) * _SECONDS < seconds:
        requests = _requests(server)
        told.append(ask(server.port, requests, connections=_CONNECTIONS, seconds=_SECONDS))
    return told


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


def _statuses(told: list[Told]) -> Figure:
    found = sum((Counter(one.statuses) for one in told), Counter[int]())
    allowed = all(200 <= status < 300 or 400 <= status < 500 or status == 503 for status in found)
    listed = ", ".join(f"{count:,} x {status}" for status, count in sorted(found.items()))
    return Figure(
        what=f"overload: {found.total():,} requests, {_CONNECTIONS} at once, were answered",
        value=listed,
        bound="2xx, 4xx, 503",
        holds=allowed,
    )


def _slowest(told: list[Told]) -> Figure:
    longest = max(one.longest for one in told)
    return Figure(
        what="overload: seconds of the slowest answer",
        value=f"{longest:.2f}",
        bound="at most 5",
        holds=longest <= 5,
    )


def _growth(early: float, late: float) -> Figure:
    return Figure(
        what="overload: MiB after a quarter, at the end",
        value=f"{early:.0f}, {late:.0f}",
        bound=f"at most {_MOST_GROWTH:.0%} of it",
        holds=late <= _MOST_GROWTH * early,
    )


def _count(told: Told) -> int:
    return sum(told.statuses.values())
