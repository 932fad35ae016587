"""What events should have told is found by looking."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from adapters.memory.blobs import MemoryBlobs
from decisions.actions import Schedule
from decisions.errors import Missing
from decisions.events import BatchDue, DataArrived, DriftDue, LookDue, Window
from decisions.policies import BatchPolicy, DriftPolicy, Place
from decisions.ports import BlobVersion
from decisions.state import Drift, ModelState, Pending
from handlers.ingest import note
from handlers.tick import tick
from tests.decisions.life import WATCHED, in_phase, in_stage, wish
from tests.handlers.ports import POLICY, MemoryPorts


def test_blob_whose_event_was_lost_is_noted():
    ports = MemoryPorts()
    ports.blobs.upload("data", "digits/a.parquet", b"rows")
    ports.blobs.upload("data", "other/a.parquet", b"rows")
    tick(ports)
    assert ports.lane() == [DataArrived(model="digits", bucket=1795248000)]
    assert [one.path for one in ports.arrivals.pending("digits", range(1795248000 + 1))] == [
        "digits/a.parquet"
    ]


def test_blob_that_is_known_is_left_alone():
    ports = MemoryPorts()
    note("digits", ports.blobs.upload("data", "digits/a.parquet", b"rows"), ports)
    ports.messages.waiting.clear()
    tick(ports)
    assert ports.lane() == []


def test_containers_are_listed_now_and_then_only():
    ports = MemoryPorts()
    ports.blobs.upload("data", "digits/a.parquet", b"rows")
    ports.time += timedelta(minutes=1)
    tick(ports)
    assert ports.lane() == []


def test_own_outputs_never_count():
    ports = MemoryPorts()
    ports.blobs.write("data", "digits/own.parquet", b"rows")
    tick(ports)
    assert ports.lane() == []


def test_blobs_that_nobody_opened_are_asked_for_again():
    ports = MemoryPorts()
    note("digits", ports.blobs.upload("data", "digits/a.parquet", b"rows"), ports)
    ports.messages.waiting.clear()
    ports.time += timedelta(minutes=11)
    tick(ports)
    assert ports.lane() == [DataArrived(model="digits", bucket=1795248300, since=0)]


def test_action_that_a_crash_left_undone_is_tried():
    ports = MemoryPorts()
    undone = Pending(id="1.0", action=Schedule(model="digits", event=wish(), at=ports.time))
    ports.models.commit("", ModelState(model="digits", pending=(undone,)), "c", None)
    tick(ports)
    assert ports.lane() == [
        LookDue(model="digits", what="actions", name="tick/1795248000", ordinal=0)
    ]


class BlobsWithoutOne(MemoryBlobs):
    """A storage account that lacks the container `lost`."""

    def list(self, container: str, prefix: str) -> Iterable[BlobVersion]:
        if container == "lost":
            raise Missing("list lost/: the container does not exist")
        return super().list(container, prefix)


def test_trouble_of_one_model_does_not_keep_the_others_from_being_looked_at():
    ports = MemoryPorts(blobs=BlobsWithoutOne())
    lost = replace(POLICY, data=replace(POLICY.data, container="lost"))
    ports.policies = {"a": lost, "digits": POLICY}
    ports.blobs.upload("data", "digits/a.parquet", b"rows")
    with pytest.raises(Missing, match="the container does not exist"):
        tick(ports)
    assert ports.lane() == [DataArrived(model="digits", bucket=1795248000)]


def test_look_that_was_lost_is_sent_again_ever_more_seldom():
    ports = MemoryPorts()
    state = in_phase("loading", in_stage("running", due=ports.time), due=ports.time)
    ports.models.commit("", state, "c", None)
    sent = []
    for minute in range(100):
        ports.time += timedelta(minutes=1)
        ports.messages.waiting.clear()
        ports.messages.forget()
        tick(ports)
        sent += [(minute + 1, one.what) for one in ports.lane()]  # type: ignore[attr-defined] # All are looks.
    assert sent == [(m, what) for m in (15, 30, 60) for what in ("training", "rollout")]


def watching(at: str, state: ModelState = WATCHED, **policy: Any) -> list[object]:
    """What the lane hears at a time of a model that is watched for drift."""
    ports = MemoryPorts(time=datetime.fromisoformat(f"{at}Z"))
    ports.policies = {"digits": replace(POLICY, drift=DriftPolicy(**policy))}
    ports.models.commit("", state, "c", None)
    tick(ports)
    return ports.lane()


def hour(number: int) -> datetime:
    return datetime(2026, 11, 21, number, tzinfo=UTC)


def seen_until(number: int) -> ModelState:
    return replace(WATCHED, drift=replace(WATCHED.drift, until=hour(number)))


def test_window_that_ended_is_due_once_its_last_logs_have_landed():
    due = DriftDue(model="digits", window=Window(start=hour(13), end=hour(14)))
    assert watching("2026-11-21T14:00:59", seen_until(13)) == []
    assert watching("2026-11-21T14:01:00", seen_until(13)) == [due]
    assert watching("2026-11-21T14:59:00", seen_until(13)) == [due]


def test_windows_that_nobody_judged_are_one_window():
    (due,) = watching("2026-11-21T18:30:00", seen_until(13))
    assert due == DriftDue(model="digits", window=Window(start=hour(13), end=hour(18)))


def test_first_window_begins_when_the_version_went_live():
    (due,) = watching("2026-11-21T13:01:00")
    assert due == DriftDue(model="digits", window=Window(start=hour(12), end=hour(13)))


def test_schedule_of_windows_has_a_time_zone():
    (due,) = watching("2026-11-22T09:00:00", schedule="0 30 2 * * *", time_zone="Asia/Shanghai")
    assert isinstance(due, DriftDue)
    assert due.window.end == datetime(2026, 11, 21, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "state",
    [seen_until(14), ModelState(model="digits", drift=Drift(profiled=("1",)))],
    ids=["judged already", "nothing live"],
)
def test_no_window_is_due(state: ModelState):
    assert watching("2026-11-21T14:30:00", state) == []


def test_model_without_a_monitor_has_no_windows():
    ports = MemoryPorts(time=hour(18) + timedelta(minutes=1))
    ports.models.commit("", WATCHED, "c", None)
    tick(ports)
    assert ports.lane() == []


def batching(at: str, **known: Any) -> MemoryPorts:
    """A model that is live since noon, with an hourly batch, at a time."""
    ports = MemoryPorts(time=datetime.fromisoformat(f"{at}Z"))
    place = Place(container="batch", path="in/**")
    rule = BatchPolicy(schedule="0 0 * * * *", input=place, output=place)
    ports.policies = {"digits": replace(POLICY, batch=rule)}
    ports.models.commit("", replace(WATCHED, **known), "c", None)
    return ports


def test_batch_is_asked_for_once_however_often_the_timer_ticks():
    ports = batching("2026-11-21T13:01:00")
    for _ in range(3):
        tick(ports)
        ports.time += timedelta(seconds=20)
    assert ports.lane() == [
        BatchDue(model="digits", window=Window(start=hour(12), end=hour(13)), ordinal=0)
    ]


def test_batch_that_is_not_due_is_not_asked_for():
    for ports in (
        batching("2026-11-21T13:00:59"),
        batching("2026-11-21T12:30:00"),
        batching("2026-11-21T13:01:00", paused=True),
    ):
        tick(ports)
        assert ports.lane() == []
