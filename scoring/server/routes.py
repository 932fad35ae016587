"""Which deployment answers a request: an immutable table, replaced as a whole.

A request takes the table once and keeps what it was given; so changing the table loses
no request, and a retired model is freed by the last request that holds it.
"""

import hashlib
from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct

from scoring.server.line import Line
from scoring.sessions import Model


class Served(Struct, frozen=True, weakref=True):
    """A version and its model, which can answer, and where its runs are made."""

    version: str
    model: Model
    line: Line


class Routes(Struct, frozen=True):
    """What can answer, by deployment, and the percentages that unforced requests get."""

    served: Mapping[str, Served] = MappingProxyType({})
    traffic: Mapping[str, int] = MappingProxyType({})

    def split(self, key: str) -> str | None:
        """The deployment that the traffic's percentages give to a key; None when there is none.

        The same key gets the same deployment while the traffic stays, and keys spread over the
        deployments as the percentages say.
        """
        if len(self.traffic) < 2:
            return next(iter(self.traffic), None)
        point = percentile(key)
        for name, percent in self.traffic.items():
            point -= percent
            if point < 0:
                return name
        raise AssertionError("traffic sums to 100")  # The document was refused otherwise.


def percentile(key: str) -> float:
    """Where a key falls from 0 up to 100, evenly for any kind of key.

    >>> round(percentile("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), 3)
    65.249
    """
    digest = hashlib.blake2b(key.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64 * 100
