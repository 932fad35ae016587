"""How many times the rate of each peer ours is, in the same rounds."""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Figure
from benchmarks.online.contender import Contender
from benchmarks.online.peers.contenders import OTHER_WAYS, PEERS, Peer
from benchmarks.online.rounds import Measured, measured

_ROUNDS, _SECONDS = 5, 2.0


def figures(ours: Contender, folder: Path, *, large: bool) -> Iterator[Figure]:
    """Each peer's rate and memory beside ours; `large` adds the ways that are slower."""
    peers = PEERS + OTHER_WAYS if large else PEERS
    contenders = (ours, *(peer.contender for peer in peers))
    mine, *theirs = measured(contenders, folder, rounds=_ROUNDS, seconds=_SECONDS)
    for peer, its in zip(peers, theirs, strict=True):
        yield _rate(mine, its, peer)


def _rate(mine: Measured, its: Measured, peer: Peer) -> Figure:
    ratio = mine.rate_over(its)
    return Figure(
        what=f"online: requests a second / of {its.name} ({peer.beside}; {its.mib:.0f} MiB)",
        value=f"{mine.rate:,.0f} / {its.rate:,.0f} = {ratio:.2f}",
        bound="" if peer.bound is None else f"at least {peer.bound}",
        holds=peer.bound is None or ratio >= peer.bound,
    )
