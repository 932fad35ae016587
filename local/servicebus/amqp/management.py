"""The node `<queue>/$management`: what is asked about messages and sessions beside the links.

Source: learn.microsoft.com, "AMQP 1.0 in Azure Service Bus: request-response-based operations".
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from proton import UNDESCRIBED, Array, Data

from local.servicebus.amqp import wire
from local.servicebus.amqp.requests import Handler, Request
from local.servicebus.errors import Malformed, NotAllowed
from local.servicebus.messages import Lock
from local.servicebus.queue import Queue
from local.servicebus.sessions import Sessions

T = TypeVar("T")

_OK, _NO_CONTENT = 200, 204
_FOR_GOOD = 0  # The receiver-settle-mode of receive-and-delete.


def management_handler(
    queue: Queue, clock: Callable[[], float], holder_of: Callable[[object], Hashable]
) -> Handler:
    """Answers requests about a queue; `holder_of` a link's name is who holds its session."""

    def handle(request: Request) -> tuple[int, Any]:
        name = request.properties.get("operation")
        operation = _OPERATIONS.get(str(name))
        if operation is None:
            raise NotAllowed(f"the management node of {queue.name} has no operation {name!r}")
        if not isinstance(request.body, dict):
            raise Malformed(f"the body of {name} is no map")
        holder = holder_of(request.properties.get("associated-link-name"))
        return operation(_Call(queue, request.body, holder, clock()))

    return handle


@dataclass(frozen=True, slots=True)
class _Call:
    queue: Queue
    body: dict[Any, Any]
    holder: Hashable
    now: float

    def get(self, key: str, kind: type[T]) -> T:
        value = self.body.get(key)
        if not isinstance(value, kind):
            raise Malformed(f"{key} is no {kind.__name__}")
        return value

    def session(self) -> str | None:
        return None if self.body.get("session-id") is None else self.get("session-id", str)

    def sessions(self) -> Sessions:
        return self.queue.sessions_at(self.now)

    def elements(self, key: str, kind: type[T]) -> list[T]:
        elements = self.get(key, Array).elements
        if not all(isinstance(element, kind) for element in elements):
            raise Malformed(f"{key} holds something else than {kind.__name__}")
        return list(elements)

    def tokens(self) -> list[str]:
        # A foreign GUID must miss, not break: what is not ASCII is no token of this broker.
        guids = self.elements("lock-tokens", UUID)
        return [guid.bytes_le.decode("ascii", "replace") for guid in guids]


def _renew_lock(call: _Call) -> tuple[int, Any]:
    ends = [call.queue.renew(token, call.now) for token in call.tokens()]
    return _OK, {"expirations": _array(Data.TIMESTAMP, [wire.milliseconds(end) for end in ends])}


def _peek(call: _Call) -> tuple[int, Any]:
    first, count = call.get("from-sequence-number", int), call.get("message-count", int)
    found = call.queue.peek(first, count, call.session(), call.now)
    messages = [{"message": wire.delivered(message, None)} for message in found]
    return (_OK if messages else _NO_CONTENT), {"messages": messages}


def _schedule(call: _Call) -> tuple[int, Any]:
    drafts = [wire.draft(_encoded(entry)) for entry in call.get("messages", list)]
    sequences = call.queue.send(drafts, call.now)
    return _OK, {"sequence-numbers": _array(Data.LONG, sequences)}


def _encoded(entry: object) -> bytes:
    message = entry.get("message") if isinstance(entry, dict) else None
    if not isinstance(message, bytes):
        raise Malformed("messages holds something else than maps with an encoded message")
    return message


def _cancel(call: _Call) -> tuple[int, Any]:
    call.queue.cancel(call.elements("sequence-numbers", int), call.now)
    return _OK, {}


def _receive_deferred(call: _Call) -> tuple[int, Any]:
    locks = call.queue.receive_deferred(
        call.elements("sequence-numbers", int),
        call.now,
        session=call.session(),
        holder=call.holder,
    )
    if call.get("receiver-settle-mode", int) == _FOR_GOOD:
        for lock in locks:
            call.queue.complete(lock.token, call.now)
    return _OK, {"messages": [_locked(lock) for lock in locks]}


def _update_disposition(call: _Call) -> tuple[int, Any]:
    settle = _settlement(call)
    for token in call.tokens():
        settle(token, call.now)
    return _OK, {}


def _settlement(call: _Call) -> Callable[[str, float], None]:
    def dead_letter(token: str, now: float) -> None:
        reason, description = (
            call.body.get("deadletter-reason"),
            call.body.get("deadletter-description"),
        )
        call.queue.dead_letter(token, now, str(reason or ""), str(description or ""))

    settlements = {
        "completed": call.queue.complete,
        "abandoned": call.queue.abandon,
        "defered": call.queue.defer,  # Spelt so on the wire.
        "suspended": dead_letter,
    }
    status = call.get("disposition-status", str)
    if status not in settlements:
        raise Malformed(f"disposition-status {status!r} is none of {', '.join(settlements)}")
    return settlements[status]


def _renew_session_lock(call: _Call) -> tuple[int, Any]:
    until = call.sessions().renew(call.session(), call.holder, call.now)
    return _OK, {"expiration": wire.milliseconds(until)}


def _get_session_state(call: _Call) -> tuple[int, Any]:
    return _OK, {"session-state": call.sessions().state(call.session(), call.holder)}


def _set_session_state(call: _Call) -> tuple[int, Any]:
    state = None if call.body.get("session-state") is None else call.get("session-state", bytes)
    call.sessions().set_state(call.session(), call.holder, state)
    return _OK, {}


def _locked(lock: Lock) -> dict[str, Any]:
    guid = UUID(bytes_le=lock.token.encode("ascii"))
    return {"message": wire.delivered(lock.message, lock.until), "lock-token": guid}


def _array(kind: int, elements: list[Any]) -> Array:
    undescribed: Any = UNDESCRIBED  # Proton's annotation forgets its own constant.
    return Array(undescribed, kind, *elements)


_OPERATIONS: dict[str, Callable[[_Call], tuple[int, Any]]] = {
    "com.microsoft:renew-lock": _renew_lock,
    "com.microsoft:peek-message": _peek,
    "com.microsoft:schedule-message": _schedule,
    "com.microsoft:cancel-scheduled-message": _cancel,
    "com.microsoft:receive-by-sequence-number": _receive_deferred,
    "com.microsoft:update-disposition": _update_disposition,
    "com.microsoft:renew-session-lock": _renew_session_lock,
    "com.microsoft:get-session-state": _get_session_state,
    "com.microsoft:set-session-state": _set_session_state,
}
