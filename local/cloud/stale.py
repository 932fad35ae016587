"""Stale reads: Azure promises that a write is seen in the end, not at once."""

import threading

from local.cloud.arm import Answer, Provider, Request
from local.cloud.errors import Refused
from local.cloud.faults import Call, Faults


class Memory:
    """Asks providers, and answers a read as before the newest write while that is asked for."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._lock = threading.Lock()
        self._before: dict[str, Answer | Refused] = {}

    def answer(self, call: Call, provider: Provider, request: Request) -> Answer:
        """The provider's answer, or the one that it would have given earlier. Raises Refused."""
        if request.method == "GET":
            return self._read(call, provider, request)
        self._forget(request)
        if self._faults.looms("stale", _as_read(call)):
            self._remember(provider, request)
        return provider.answer(request)

    def _read(self, call: Call, provider: Provider, request: Request) -> Answer:
        with self._lock:
            before = self._before.get(request.id.key)
        if before is None or not self._faults.strike("stale", call):
            return provider.answer(request)
        if isinstance(before, Refused):
            raise before
        return before

    def _forget(self, request: Request) -> None:
        with self._lock:
            self._before.pop(request.id.key, None)

    def _remember(self, provider: Provider, request: Request) -> None:
        read = Request(method="GET", id=request.id, principal=request.principal)
        try:
            before: Answer | Refused = provider.answer(read)
        except Refused as refused:
            before = refused
        with self._lock:
            self._before[request.id.key] = before


def _as_read(call: Call) -> Call:
    return Call(service=call.service, method="GET", path=call.path, principal=call.principal)
