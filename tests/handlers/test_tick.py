"""What events should have told is found by looking."""

from collections.abc import Iterable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from adapters.memory.blobs import MemoryBlobs
from decisions.actions import Schedule
from decisions.errors import Missing
from decisions.events import DataArrived, LookDue
from decisions.ports import BlobVersion
from decisions.state import ModelState, Pending
from handlers.ingest import note
from handlers.tick import tick
from tests.decisions.life import in_phase, in_stage, wish
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
