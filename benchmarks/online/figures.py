"""The online server beside a bare application and its peers; each figure with its bound."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Figure
from benchmarks.online import overload, ready
from benchmarks.online.bare import BARE
from benchmarks.online.model import sent
from benchmarks.online.ours import ours, storage
from benchmarks.online.peers import figures as peers
from benchmarks.online.rounds import Measured, measured

_ROUNDS, _SECONDS = 7, 3.0
_LEAST_RATE, _MOST_P99 = 0.65, 2.0


def figures(*, large: bool) -> Iterator[Figure]:
    """Requests a second, the slowest of a hundred, and the memory, of one process on one core.

    `large` adds the slower ways of some peers.
    """
    sent()  # The model's files are there from here on.
    with (
        tempfile.TemporaryDirectory(prefix="ratchet-online-") as folder,
        storage(Path(folder)) as connection,
    ):
        server = ours(connection)
        mine, bare = measured((server, BARE), Path(folder), rounds=_ROUNDS, seconds=_SECONDS)
        yield _rate(mine, bare)
        yield _p99(mine, bare)
        yield from (_memory(one) for one in (mine, bare))
        yield from peers.figures(server, Path(folder) / "peers", large=large)
    yield from ready.figures()
    yield from overload.figures()


def _rate(mine: Measured, bare: Measured) -> Figure:
    ratio = mine.rate_over(bare)
    return Figure(
        what="online: requests a second / of a bare ASGI application",
        value=f"{mine.rate:,.0f} / {bare.rate:,.0f} = {ratio:.2f}",
        bound=f"at least {_LEAST_RATE}",
        holds=ratio >= _LEAST_RATE,
    )


def _p99(mine: Measured, bare: Measured) -> Figure:
    ratio = mine.p99_over(bare)
    return Figure(
        what="online: milliseconds at p99 / of a bare ASGI application",
        value=f"{1000 * mine.p99:.2f} / {1000 * bare.p99:.2f} = {ratio:.2f}",
        bound=f"at most {_MOST_P99:.0f}",
        holds=ratio <= _MOST_P99,
    )


def _memory(one: Measured) -> Figure:
    return Figure(
        what=f"online: MiB after the load, {one.name}", value=f"{one.mib:.0f}", bound="", holds=True
    )
