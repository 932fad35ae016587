"""Once a minute: what events should have told is found by looking, so that none has to arrive."""

from decisions import patterns
from decisions.events import DataArrived, LookDue
from decisions.ports import Ports
from handlers.ingest import bucket_of, note

_LISTING_MINUTES = 10
_LEFT_OVER = 300


def tick(ports: Ports) -> None:
    """Look at every model: blobs that were never noted, never opened, and actions that wait.

    Containers are listed now and then only: their events are late sometimes, and lost seldom.
    """
    for model in ports.policies:
        if ports.now().minute % _LISTING_MINUTES == 0:
            _find_blobs(model, ports)
        _open_blobs(model, ports)
        _try_actions(model, ports)


def _find_blobs(model: str, ports: Ports) -> None:
    """Note every blob as its event would have; one that is known keeps its bucket."""
    policy = ports.policies[model].data
    known = ports.arrivals.known(model)
    for blob in ports.blobs.list(policy.container, patterns.prefix(policy.pattern)):
        if patterns.matches(policy.pattern, blob.path) and (blob.path, blob.etag) not in known:
            note(model, blob, ports)


def _open_blobs(model: str, ports: Ports) -> None:
    """Have blobs opened that were noted in buckets that are long over."""
    until = bucket_of(ports.now()) // _LEFT_OVER * _LEFT_OVER - _LEFT_OVER
    if ports.arrivals.pending(model, range(until + 1)):
        ports.messages.lane(DataArrived(model=model, bucket=until, since=0))


def _try_actions(model: str, ports: Ports) -> None:
    """Have delayed actions tried whose look was lost, and actions that a crash left undone."""
    state = ports.models.load(model).state
    if state.pending:
        name = f"tick/{bucket_of(ports.now())}"
        ports.messages.lane(LookDue(model=model, what="actions", name=name, ordinal=0))
