"""Once a minute: what events should have told is found by looking, so that none has to arrive."""

from zoneinfo import ZoneInfo

from decisions import ncrontab, patterns
from decisions.errors import RatchetError
from decisions.events import DataArrived, DriftDue, LookDue
from decisions.overdue import overdue
from decisions.ports import Ports
from decisions.state import ModelState
from decisions.timetable import next_due
from decisions.windows import next_window
from handlers.ingest import bucket_of, note

_LISTING_MINUTES = 10
_LEFT_OVER = 300


def tick(ports: Ports) -> None:
    """Look at every model; raises the first trouble that one had, after looking at all others."""
    troubles = [trouble for model in ports.policies if (trouble := _trouble(model, ports))]
    if troubles:
        raise troubles[0]


def _trouble(model: str, ports: Ports) -> RatchetError | None:
    try:
        _look(model, ports)
    except RatchetError as error:
        return error
    return None


def _look(model: str, ports: Ports) -> None:
    """Actions that wait, looks that are overdue, what became due, blobs that nobody noted.

    Containers are listed now and then only: their events are late sometimes, and lost seldom.
    """
    state = ports.models.load(model).state
    _go_on(state, ports)
    _end_window(state, ports)
    _begin_batch(state, ports)
    _open_blobs(model, ports)
    if ports.now().minute % _LISTING_MINUTES == 0:
        _find_blobs(model, ports)


def _go_on(state: ModelState, ports: Ports) -> None:
    """Have delayed actions tried whose look was lost, and actions that a crash left undone."""
    if state.pending:
        name = f"tick/{bucket_of(ports.now())}"
        ports.messages.lane(LookDue(model=state.model, what="actions", name=name, ordinal=0))
    for event in overdue(state, ports.now()):
        ports.messages.lane(event)


def _end_window(state: ModelState, ports: Ports) -> None:
    """Have the window judged that has ended by the model's schedule, if it has one."""
    policy = ports.policies[state.model].drift
    if policy is None:
        return
    schedule, zone = ncrontab.parse(policy.schedule), ZoneInfo(policy.time_zone)
    due = schedule.latest(ports.now() - policy.grace, zone)
    window = next_window(state, due) if due else None
    if window:
        ports.messages.lane(DriftDue(model=state.model, window=window))


def _begin_batch(state: ModelState, ports: Ports) -> None:
    """Have the batch begun that is due by the model's schedule, if it has one."""
    policy = ports.policies[state.model].batch
    due = next_due(state, policy, ports.now()) if policy else None
    if due:
        ports.messages.lane(due)


def _open_blobs(model: str, ports: Ports) -> None:
    """Have blobs opened that were noted in buckets that are long over."""
    until = bucket_of(ports.now()) // _LEFT_OVER * _LEFT_OVER - _LEFT_OVER
    if ports.arrivals.pending(model, range(until + 1)):
        ports.messages.lane(DataArrived(model=model, bucket=until, since=0))


def _find_blobs(model: str, ports: Ports) -> None:
    """Note every blob as its event would have; one that is known keeps its bucket."""
    policy = ports.policies[model].data
    known = ports.arrivals.known(model)
    for blob in ports.blobs.list(policy.container, patterns.prefix(policy.pattern)):
        if patterns.matches(policy.pattern, blob.path) and (blob.path, blob.etag) not in known:
            note(model, blob, ports)
