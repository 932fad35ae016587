"""What people ask of batches, through a real shell, storage and queue."""

from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from msgspec.structs import replace

from cli.batch_progress import watched
from decisions.codec import encode
from decisions.events import BatchDue, BatchEnded, Figures, Window
from decisions.policies import BatchPolicy
from decisions.ports import BlobVersion, Entry, Piece, Snapshot
from decisions.state import Batch, Batches
from handlers.plans import Plan, PlannedFile
from handlers.results import Result
from tests.cli.conftest import BATCH, Deployment
from tests.decisions.life import SERVING, V1
from tests.handlers.ports import POLICY, MemoryPorts

NIGHT = datetime(2026, 11, 21, 3, tzinfo=UTC)
DAY = timedelta(days=1)
WINDOW = Window(start=NIGHT - DAY, end=NIGHT)
NAME = "20261121T030000Z"
FIGURES = Figures(files=2, rows=1200, scored=1188, rejected=12, parts=3, size=4096, quarantined=1)


def live(deployment: Deployment, **known: Any) -> None:
    deployment.is_in(live=SERVING.live, **known)


def begins(deployment: Deployment, day: int = 0) -> BatchDue:
    """A batch of the night after so many days begins."""
    window = Window(start=WINDOW.start + day * DAY, end=WINDOW.end + day * DAY)
    event = BatchDue(model=deployment.model, window=window, ordinal=day)
    deployment.hears(event, window.end + timedelta(minutes=1))
    return event


def ends(deployment: Deployment, outcome: Any = "published", day: int = 0) -> None:
    window = Window(start=WINDOW.start + day * DAY, end=WINDOW.end + day * DAY)
    event = BatchEnded(
        model=deployment.model,
        window=window,
        outcome=outcome,
        sentence="It is over.",
        figures=FIGURES,
        document=f"batch/out/{window.name}/_manifest.json",
    )
    deployment.hears(event, window.end + timedelta(minutes=3))


def planned(model: str, policy: BatchPolicy = BATCH) -> Plan:
    """A plan of one file in four pieces."""
    blob = BlobVersion(container="batch", path="in/a.csv", etag="1", size=40)
    pieces = tuple(Piece(start=start, stop=start + 10) for start in range(0, 40, 10))
    file = PlannedFile(blob=blob, pieces=pieces)
    return Plan(model=model, window=WINDOW, version=V1, policy=policy, files=(file,))


def has_done(blobs: Any, model: str, *parts: int) -> None:
    place = f"_ratchet/{model}/{NAME}"
    blobs.create("batch", f"{place}/plan.json", encode(planned(model)))
    for part in parts:
        result = encode(Result(part=part, rows=100, scored=100))
        blobs.create("batch", f"{place}/results/{part:05d}.json", result)


def test_person_asks_for_a_batch_of_what_came_since_the_last(deployment: Deployment):
    live(deployment, batches=Batches(until=NIGHT, asked=3))
    before = datetime.now(UTC)
    said = deployment.ratchet("batch", "run", deployment.model)
    assert said.code == 0, said.err
    (event,) = deployment.asked()
    assert isinstance(event, BatchDue)
    assert (event.window.start, event.ordinal, event.reason) == (NIGHT, 3, "person")
    assert before - timedelta(seconds=1) < event.window.end <= datetime.now(UTC)
    assert event.by
    assert f"ratchet batch status {deployment.model}/{event.window.name} --watch" in said.out


@pytest.mark.parametrize("since", ["2026-11-01T05:06:07Z", "20261101T060607+0100"])
def test_person_asks_for_a_batch_of_what_was_scored_before(deployment: Deployment, since: str):
    live(deployment, batches=Batches(until=NIGHT))
    said = deployment.ratchet("batch", "run", deployment.model, "--since", since, "--json")
    (event,) = deployment.asked()
    assert isinstance(event, BatchDue)
    assert event.window.start == datetime(2026, 11, 1, 5, 6, 7, tzinfo=UTC)
    assert said.json["batch"] == f"{deployment.model}/{event.window.name}"


RUNNING = Batches(running=Batch(window=WINDOW, version=V1, since=NIGHT, deadline=NIGHT + DAY))


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"live": None}, "no version is live"),
        ({"paused": True}, "is paused; ratchet resume"),
        ({"batches": RUNNING}, f"/{NAME} runs; one at a time does"),
    ],
)
def test_batch_that_could_not_begin_is_refused(
    deployment: Deployment, known: dict[str, Any], reason: str
):
    deployment.is_in(**{"live": SERVING.live, **known})
    said = deployment.ratchet("batch", "run", deployment.model)
    assert said.code == 1
    assert reason in said.err
    assert deployment.asked() == []


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (("run", "nobody"), 1, "no model 'nobody' in ratchet.yaml; there are: "),
        (("list", "nobody"), 1, "no model 'nobody' in ratchet.yaml; there are: "),
        (("status", "nobody/1"), 1, "no model 'nobody' in ratchet.yaml; there are: "),
        (("run", "nobody", "--since", "noon"), 2, "expected a time such as 2026-11-21T03:00:00Z"),
    ],
)
def test_what_is_not_there_is_named(
    deployment: Deployment, arguments: tuple[str, ...], code: int, reason: str
):
    said = deployment.ratchet("batch", *arguments)
    assert said.code == code
    assert reason in said.err


def test_model_without_a_batch_has_none_to_show(deployment: Deployment):
    said = deployment.ratchet("batch", "status", deployment.model)
    assert said.code == 1
    assert f"no batch of {deployment.model} has begun" in said.err
    assert deployment.ratchet("batch", "list").out == "No batch has run yet.\n"


def test_batch_that_runs_shows_how_far_it_is(deployment: Deployment):
    live(deployment)
    begins(deployment)
    assert "not planned yet" in deployment.ratchet("batch", "status", deployment.model).out
    has_done(deployment.blobs, deployment.model, 1, 4)
    said = deployment.ratchet("batch", "status", deployment.model)
    assert f"{deployment.model}/{NAME}" in said.out
    assert "2 of 4" in said.out
    assert "2026-11-20 03:00:00 to 2026-11-21 03:00:00 UTC" in said.out
    found = deployment.ratchet("batch", "status", deployment.model, "--json").json
    assert (found["state"], found["done"], found["parts"]) == ("running", 2, 4)
    assert NAME in deployment.ratchet("status", columns=160).out


def test_batch_that_ended_shows_its_figures(deployment: Deployment):
    live(deployment)
    begins(deployment)
    ends(deployment)
    said = deployment.ratchet("batch", "status", f"{deployment.model}/{NAME}", columns=140)
    for shown in ("published", "1,188", "12", "120.0 s", f"batch/out/{NAME}/_manifest.json"):
        assert shown in said.out
    found = deployment.ratchet("batch", "status", deployment.model, "--json").json
    assert found["figures"]["scored"] == 1188
    assert found["sentence"] == f"Batch {NAME} is published: It is over."


def test_batches_are_listed_the_newest_first(deployment: Deployment):
    live(deployment)
    for day, outcome in enumerate(("published", "failed", "empty")):
        begins(deployment, day)
        ends(deployment, outcome, day)
    begins(deployment, 3)
    found = deployment.ratchet("batch", "list", deployment.model, "--json").json
    assert [one["state"] for one in found] == ["running", "empty", "failed", "published"]
    said = deployment.ratchet("batch", "list", "--limit", "2", columns=140)
    assert "20261124T030000Z" in said.out
    assert "20261123T030000Z" in said.out
    assert "20261122T030000Z" not in said.out


@pytest.mark.parametrize(("outcome", "code"), [("published", 0), ("failed", 1)])
def test_batch_that_is_watched_is_shown_once_it_ended(
    deployment: Deployment, outcome: str, code: int
):
    live(deployment)
    begins(deployment)
    said = list[Any]()
    arguments = ("batch", "status", deployment.model, "--watch", "--json")
    watching = Thread(target=lambda: said.append(deployment.ratchet(*arguments)))
    watching.start()
    ends(deployment, outcome)
    watching.join()
    assert (said[0].code, said[0].json["state"]) == (code, outcome)


class EndsSoon(MemoryPorts):
    """A model whose batch ends when it was looked at for the fourth time."""

    looks = 0

    def now(self) -> datetime:
        self.looks += 1
        has_done(self.blobs, "digits", self.looks)
        if self.looks == 4:
            numbers = {"batch": NAME, "outcome": "published", "version": "1", "document": None}
            times = {"start": str(NIGHT - DAY), "end": str(NIGHT), "began": str(NIGHT)}
            figures = {name: getattr(FIGURES, name) for name in FIGURES.__struct_fields__}
            entry = Entry(
                at=NIGHT,
                seq=1,
                event="BatchEnded",
                cause="c",
                sentence="It is over.",
                numbers={**numbers, **times, **figures, "seconds": 2.0},
            )
            self.models.commit("1", replace(SERVING, batches=Batches()), "c", entry)
        return NIGHT


def test_bar_follows_the_parts_until_the_batch_ends():
    ports = EndsSoon()
    ports.policies = {"digits": replace(POLICY, batch=BATCH)}
    ports.models.settle("", replace(SERVING, batches=RUNNING))
    assert ports.models.load("digits") == Snapshot(state=replace(SERVING, batches=RUNNING), tag="1")
    account = watched("digits", ports)
    assert (account.state, account.figures) == ("published", FIGURES)
    assert ports.looks == 4
