"""A model's life, told in memory under every disturbance: whatever happens, it happens once."""

import hashlib
import json
from collections import Counter
from datetime import timedelta
from random import Random

import pytest

from handlers.replay import replay
from tests.simulation.chapters import CHAPTERS, Life
from tests.simulation.mishaps import Mishaps
from tests.simulation.world import BEGIN, Result, World

SEEDS = 1000
BATCHES = 20


def tell_the_story(world: World) -> Life:
    """Two models that win, one that loses, one file that is broken, each with its uploads."""
    world.results += [Result(score=0.84), Result(score=0.95), Result(score=0.61)]
    world.examiner.unfit["digits/broken.parquet"] = "the file is cut short"
    for names in (("a1", "a2", "a3"), ("b1", "b2"), ("bad",), ("broken",)):
        world.upload(*names)
        world.settle()
    twice = ("model.registered", "model.deployed")
    told = Counter([*twice, *twice, "model.refused", "data.quarantined"])
    return Life(world, submissions=3, champion=2, live=2, told=told)


def tell_any_story(random: Random, world: World) -> Life:
    """A first model, and then some chapters in any order."""
    life = Life(world)
    for chapter in (Life.wins, *random.choices(CHAPTERS, k=3)):
        chapter(life)
    return life


def assert_it_happened_once(life: Life) -> None:
    """Exactly one submission, registration, deployment and webhook id for each that is due."""
    world = life.world
    assert world.training.submissions == life.submissions
    versions = [one.version for one in world.registry.versions["digits"]]
    assert versions == [str(number + 1) for number in range(life.champion)]
    assert world.registry.roles == {
        ("digits", "champion"): str(life.champion),
        ("digits", "live"): str(life.live),
    }
    told = Counter(kind for kind, _ in {(one.kind, one.id) for one in world.webhooks.received})
    # The timer of another host may find a batch due before there is a version to score it with.
    life.told["batch.not_run"] = min(told["batch.not_run"], 1)
    assert told == +life.told
    assert len(world.publisher.published) == life.told.total()
    assert world.messages.parked == []


def assert_it_is_at_rest(life: Life) -> None:
    """Nothing is in flight, nothing waits, and one version has all the traffic."""
    world, state = life.world, life.world.state
    resting = (state.training, state.rollout, state.gathering, state.queued, state.paused)
    assert resting == (None, None, None, None, False)
    waiting = (state.held, state.pending, state.drift.judging, state.batches.running)
    assert waiting == ((), (), None, None)
    spec = world.endpoints.specs["digits"]
    assert [one.version for one in spec.deployments] == [str(life.live)]
    assert spec.traffic == {spec.deployments[0].name: 100}


def assert_traffic_always_summed_to_100(life: Life) -> None:
    history = life.world.endpoints.history
    assert all(sum(spec.traffic.values()) in {0, 100} for spec in history)
    served = [bool(spec.traffic) for spec in history]
    assert served == sorted(served), "once an endpoint serves, it never stops"
    known = [{one.name for one in spec.deployments} for spec in history]
    assert all(spec.traffic.keys() <= names for spec, names in zip(history, known, strict=True))


def assert_the_ledger_tells_it(life: Life) -> None:
    """Each cause once, in order; the decisions can be taken again and come out the same."""
    entries = life.world.models.ledger("digits", 10_000)
    assert len({one.cause for one in entries}) == len(entries)
    numbers = [one.seq for one in entries]
    assert numbers == sorted(set(numbers), reverse=True)
    crowned = [one for one in entries if "it is the champion" in one.sentence]
    assert len(crowned) == life.champion


def assert_every_row_was_scored_once(life: Life) -> None:
    """No row is missing and none is there twice: in an output, in the rejects, or quarantined."""
    world, scored, rejected, broken = life.world, Counter[str](), [], []
    for manifest in world.manifests():
        place = f"out/{manifest['batch']}"
        for part in manifest["parts"]:
            content = world.blobs.read("batch", f"{place}/{part['name']}")
            assert part["sha256"] == hashlib.sha256(content).hexdigest()
            scored.update(line.split(",")[0] for line in content.decode().splitlines()[1:])
        for one in manifest["rejects"]:
            lines = world.blobs.read("batch", f"{place}/{one['name']}").splitlines()
            rejected += [(told["file"], told["row"]) for told in map(json.loads, lines)]
        broken += [one["path"] for one in manifest["quarantined"]]
    assert set(scored.values()) <= {1}
    assert len(scored) + len(rejected) == life.rows
    assert (rejected, broken) == (life.rejects, life.unfit)


def assert_all_is_well(life: Life) -> None:
    assert_it_happened_once(life)
    assert_it_is_at_rest(life)
    assert_traffic_always_summed_to_100(life)
    assert_the_ledger_tells_it(life)
    assert_every_row_was_scored_once(life)


def mishaps(random: Random) -> Mishaps:
    """A kind of bad day; some days are good in one way or another."""
    return Mishaps(
        random,
        crashes=random.choice([0, 0.01, 0.05]),
        outages=random.choice([0, 0.01, 0.05]),
        stale=random.choice([0, 0.2, 0.6]),
        others=random.choice([0, 0.02, 0.1]),
    )


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_chapter_without_disturbance_happens_once(chapter: object):
    life = Life(World(Random(0)))
    life.wins()
    chapter(life)  # type: ignore[operator] # A chapter.
    assert_all_is_well(life)
    for entry in life.world.models.ledger("digits", 1000):
        assert replay(str(entry.decision), life.world.ports).same


@pytest.mark.parametrize("batch", range(BATCHES))
def test_any_story_survives_repeated_shuffled_events_crashes_outages_and_other_hosts(batch: int):
    for seed in range(batch * SEEDS // BATCHES, (batch + 1) * SEEDS // BATCHES):
        random = Random(seed)
        world = World(random, mishaps(random), most_copies=random.choice([1, 1, 1, 2, 3, 20]))
        try:
            assert_all_is_well(tell_any_story(random, world))
        except AssertionError as error:
            raise AssertionError(f"seed {seed} (run it again with this seed): {error}") from error


@pytest.mark.parametrize("when", ["before", "after"])
def test_story_survives_a_crash_at_every_single_call(when: str):
    undisturbed = World(Random(0))
    tell_the_story(undisturbed)
    calls = undisturbed.mishaps.calls
    assert calls > 100
    for victim in range(1, calls + 1):
        assert_all_is_well(tell_the_story(World(Random(0), Mishaps(fates={victim: when}))))


@pytest.mark.parametrize("when", ["before", "after"])
def test_batch_survives_a_crash_at_every_single_call(when: str):
    undisturbed = Life(World(Random(0)))
    undisturbed.wins()
    first = undisturbed.world.mishaps.calls
    undisturbed.scores()
    last = undisturbed.world.mishaps.calls
    assert last - first > 100
    for victim in range(first + 1, last + 1):
        life = Life(World(Random(0), Mishaps(fates={victim: when})))
        life.wins()
        life.scores()
        assert_all_is_well(life)


WORK = (
    "FreezeManifest",
    "AdmitCandidate",
    "SmokeTest",
    "ProfileReference",
    "JudgeWindow",
    "ScoreBatch",
    "ScorePartition",
)


@pytest.mark.parametrize("work", WORK)
def test_story_survives_the_loss_of_a_piece_of_work(work: str):
    life = Life(World(Random(0), lost_work={work}))
    life.wins()
    life.learns()
    life.scores()
    assert life.world.lost_work == set()
    assert_all_is_well(life)


def test_windows_that_cannot_be_judged_are_told_once_and_so_is_the_end_of_it():
    life = Life(World(Random(0)))
    life.wins()
    profiler = life.world.profiler
    profiler.rows = 1
    life.world.live_on(lambda: len(life.world.state.drift.own.recent) == 3)
    profiler.rows = 1000
    life.world.live_on(lambda: not life.world.state.drift.own.lost)
    life.told.update(["drift.unknown", "drift.known"])
    assert_all_is_well(life)


def test_story_ends_the_same_with_all_events_of_runs_lost():
    world = World(Random(0), results=[Result()])
    world.upload("a1")
    world.settle(lambda: world.training.submissions == 1)
    world.events_lost = True
    world.settle()
    assert world.state.live is not None
    assert world.state.live.version.version == "1"
    assert world.now - BEGIN < timedelta(hours=1)
