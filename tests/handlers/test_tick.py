"""What events should have told is found by looking."""

from datetime import timedelta

from decisions.actions import Schedule
from decisions.events import DataArrived, LookDue
from decisions.state import ModelState, Pending
from handlers.ingest import note
from handlers.tick import tick
from tests.decisions.life import wish
from tests.handlers.ports import MemoryPorts


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
