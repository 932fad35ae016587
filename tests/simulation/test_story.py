"""The story of a model, told in memory under every disturbance: it always ends the same."""

from datetime import timedelta
from random import Random

import pytest

from tests.simulation.world import BEGIN, Crashes, World

SEEDS = 1000
BATCHES = 20


def tell_the_story(world: World) -> None:
    """Two models that win, one that loses, one file that is broken, each with its uploads."""
    world.results = {1: ("Completed", 0.84), 2: ("Completed", 0.95), 3: ("Completed", 0.61)}
    world.upload("a1", "a2", "a3")
    world.settle()
    world.upload("b1", "b2")
    world.settle()
    world.upload("bad")
    world.settle()
    world.examiner.unfit["digits/broken.parquet"] = "the file is cut short"
    world.upload("broken")
    world.settle()


def assert_it_happened_once(world: World) -> None:
    """Exactly one submission, registration, deployment and webhook id for each that is due."""
    assert world.training.submissions == 3
    assert [one.version for one in world.registry.versions["digits"]] == ["1", "2"]
    assert world.registry.roles == {("digits", "champion"): "2", ("digits", "live"): "2"}
    spec = world.endpoints.specs["digits"]
    assert [one.version for one in spec.deployments] == ["2"]
    assert list(spec.traffic.values()) == [100]
    told = {(one.kind, one.id) for one in world.webhooks.received}
    assert sorted(kind for kind, _ in told) == [
        "data.quarantined",
        "model.deployed",
        "model.deployed",
        "model.refused",
        "model.registered",
        "model.registered",
    ]
    assert len(world.publisher.published) == 6
    assert world.state.pending == ()
    assert world.messages.parked == []


def assert_traffic_always_summed_to_100(world: World) -> None:
    assert all(sum(spec.traffic.values()) in {0, 100} for spec in world.endpoints.history)
    served = [bool(spec.traffic) for spec in world.endpoints.history]
    assert served == sorted(served), "once an endpoint serves, it never stops"


def test_story_without_disturbance_happens_once():
    world = World(Random(0))
    tell_the_story(world)
    assert_it_happened_once(world)
    assert_traffic_always_summed_to_100(world)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_story_survives_repeated_shuffled_events_and_random_crashes(batch: int):
    for seed in range(batch * SEEDS // BATCHES, (batch + 1) * SEEDS // BATCHES):
        random = Random(seed)
        odds = random.choice([0.0, 0.01, 0.05])

        def choose(_: int, random: Random = random, odds: float = odds) -> str | None:
            return random.choice(["before", "after"]) if random.random() < odds else None

        world = World(random, Crashes(choose), most_copies=random.choice([1, 3, 20]))
        try:
            tell_the_story(world)
            assert_it_happened_once(world)
            assert_traffic_always_summed_to_100(world)
        except AssertionError as error:
            raise AssertionError(f"seed {seed} (run it again with this seed): {error}") from error


def calls_of_the_story() -> int:
    crashes = Crashes(lambda _: None)
    tell_the_story(World(Random(0), crashes))
    return crashes.calls


@pytest.mark.parametrize("when", ["before", "after"])
def test_story_survives_a_crash_at_every_single_call(when: str):
    calls = calls_of_the_story()
    assert calls > 100
    for victim in range(1, calls + 1):
        fates = {victim: when}
        world = World(Random(0), Crashes(fates.get))
        tell_the_story(world)
        assert_it_happened_once(world)


def test_story_ends_the_same_with_all_events_of_runs_lost():
    world = World(Random(0))
    world.upload("a1")
    world.settle(lambda: world.training.submissions == 1)
    world.events_lost = True
    world.settle()
    assert world.state.live is not None
    assert world.state.live.version.version == "1"
    assert world.now - BEGIN < timedelta(hours=1)
