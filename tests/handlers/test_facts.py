"""A decision about a batch knows how far it is, and the version that it is to be scored by."""

from datetime import timedelta

from msgspec.structs import replace

from decisions.events import BatchDue, LookDue
from decisions.facts import Facts, RegisteredFacts
from decisions.policies import BatchPolicy, Place
from decisions.state import Batch, Batches
from handlers.facts import read
from tests.decisions.life import NOW, SERVING, V1, window
from tests.handlers.ports import POLICY, MemoryPorts

PLACE = Place(container="batch", path="in/**")
RULE = BatchPolicy(schedule="0 0 * * * *", input=PLACE, output=PLACE)
RUNNING = replace(
    SERVING,
    batches=Batches(
        running=Batch(window=window(1), version=V1, since=NOW, deadline=NOW + timedelta(hours=6))
    ),
)


def test_pieces_that_are_done_are_counted():
    ports = MemoryPorts()
    for name in ("results/00001.json", "results/00002.json", "rejects/00003.jsonl", "plan.json"):
        ports.blobs.create("batch", f"_ratchet/digits/{window(1).name}/{name}", b"{}")
    ports.blobs.create("batch", "_ratchet/digits/another/results/00003.json", b"{}")
    look = LookDue(model="digits", what="batch", name=window(1).name, ordinal=1)
    assert read(look, RUNNING, POLICY, ports) == Facts(results=2)
    assert read(look, SERVING, POLICY, ports) == Facts()


def test_version_is_looked_up_when_the_policy_names_its_number():
    ports = MemoryPorts()
    entered = RegisteredFacts(version="3", run="r", sha256="a", manifest="m")
    ports.registry.versions["digits"].append(entered)
    due = BatchDue(model="digits", window=window(1), ordinal=0)
    numbered = replace(POLICY, batch=replace(RULE, model="3"))
    assert read(due, SERVING, numbered, ports) == Facts(registered=entered)
    assert read(due, SERVING, replace(POLICY, batch=RULE), ports) == Facts()
