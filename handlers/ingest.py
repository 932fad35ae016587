"""Everything that arrives is parsed once, noted, and sent to the lanes of the models it concerns.

Only when all of it is durably sent is the message acknowledged; a second delivery sends the same
messages under the same ids, and is dropped by the queue or answered by the cause row.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from decisions import patterns
from decisions.errors import Rejected
from decisions.events import AnyEvent, DataArrived
from decisions.ports import BlobVersion, Parked, Ports
from handlers import envelope
from handlers.envelope import Envelope
from handlers.translation import BlobCreated, translate

BUCKET = timedelta(seconds=10)
_SETTLING = timedelta(seconds=1)


class Ingested(Struct, frozen=True, kw_only=True):
    """What became of the events of one delivery; `unknown` counts types that nobody reads."""

    sent: int = 0
    ignored: int = 0
    unknown: int = 0
    parked: int = 0

    def __add__(self, other: "Ingested") -> "Ingested":
        """The sum, field by field."""
        return Ingested(
            sent=self.sent + other.sent,
            ignored=self.ignored + other.ignored,
            unknown=self.unknown + other.unknown,
            parked=self.parked + other.parked,
        )


def ingest(body: bytes, source: str, ports: Ports) -> Ingested:
    """Take in a body of events; what cannot be read is parked with the reason, not refused."""
    try:
        envelopes = envelope.parse(body)
    except Rejected as error:
        return _park(body.decode(errors="replace"), source, error, ports)
    return take(envelopes, source, ports)


def take(envelopes: Sequence[Envelope], source: str, ports: Ports) -> Ingested:
    """Take in events that are parsed; each by itself, so that one bad one stops no other."""
    return sum((_take(one, source, ports) for one in envelopes), Ingested())


def note(model: str, blob: BlobVersion, ports: Ports) -> None:
    """Remember a blob, and have the model's lane look at its bucket once the bucket is over."""
    now = ports.now()
    bucket = ports.arrivals.note(model, blob, bucket_of(now))
    over = datetime.fromtimestamp(bucket, UTC) + BUCKET + _SETTLING
    ports.messages.lane(DataArrived(model=model, bucket=bucket), over)


def bucket_of(now: datetime) -> int:
    """The start of the ten seconds that a moment lies in, in seconds since 1970."""
    seconds = int(BUCKET.total_seconds())
    return int(now.timestamp()) // seconds * seconds


def _take(one: Envelope, source: str, ports: Ports) -> Ingested:
    try:
        happenings = translate(one, ports.scope)
        if happenings is None:
            return Ingested(unknown=1)
        sent = sum(_route(happening, ports) for happening in happenings)
    except Rejected as error:
        # Not understood, or more than a queue or a table takes: no further delivery changes that.
        return _park(envelope.render(one), source, error, ports)
    return Ingested(sent=sent) if sent else Ingested(ignored=1)


def _route(happening: BlobCreated | AnyEvent, ports: Ports) -> int:
    if isinstance(happening, BlobCreated):
        return _route_blob(happening.blob, ports)
    if happening.model not in ports.policies:
        return 0
    ports.messages.lane(happening)
    return 1


def _route_blob(blob: BlobVersion, ports: Ports) -> int:
    concerned = [
        model
        for model, policy in ports.policies.items()
        if policy.data.container == blob.container
        and patterns.matches(policy.data.pattern, blob.path)
    ]
    for model in concerned:
        note(model, blob, ports)
    return len(concerned)


def _park(body: str, source: str, error: Rejected, ports: Ports) -> Ingested:
    ports.messages.park(Parked(source=source, reason=str(error), body=body))
    return Ingested(parked=1)
