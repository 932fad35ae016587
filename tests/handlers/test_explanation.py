"""After the story, every version leads back to its blobs, and every decision comes out the same."""

from random import Random

import pytest
from msgspec.structs import replace

from decisions.errors import Missing, Rejected
from handlers.explanation import explain
from handlers.replay import replay
from tests.decisions.life import SERVING
from tests.handlers.ports import POLICY, MemoryPorts
from tests.simulation.test_story import tell_the_story
from tests.simulation.world import World


@pytest.fixture(scope="module")
def world() -> World:
    world = World(Random(0))
    tell_the_story(world).scores()
    return world


@pytest.mark.parametrize("form", ["digits", "digits:2", "{deployment}"])
def test_live_version_leads_back_to_the_blobs_with_their_etags(world: World, form: str):
    live = world.state.live
    assert live is not None
    found = explain(form.format(deployment=live.deployment.name), world.ports)
    assert (found.version, found.live, found.run) == ("2", True, live.version.run)
    assert found.verdict.startswith("Won: test_accuracy 0.9500 on 1000 test rows against 0.8400")
    assert [file.url for file in found.files] == [
        f"memory://data/digits/{name}.parquet" for name in ("a1", "a2", "a3", "b1", "b2")
    ]
    assert all(file.etag.startswith("0x") for file in found.files)
    assert found.causes[0].startswith("training/new_data/")


def test_retired_version_is_still_explained(world: World):
    found = explain("digits:1", world.ports)
    assert (found.live, len(found.files)) == (False, 3)
    assert found.story[-1].sentence.startswith("Version 1 is live")


def test_what_a_version_scored_is_no_part_of_how_it_came_about(world: World):
    begun = [one.sentence for one in world.models.ledger("digits", 1000)]
    assert [one for one in begun if " begins: version 2 scores" in one]
    assert not [one for one in explain("digits:2", world.ports).story if "Batch" in one.sentence]


@pytest.mark.parametrize("what", ["v9-00000000", "letters", "digits:9", ""])
def test_unknown_things_are_named(world: World, what: str):
    with pytest.raises(Missing, match=r"is known|was not registered"):
        explain(what, world.ports)


def test_deployment_that_several_models_have_is_asked_back():
    ports = MemoryPorts()
    ports.policies = dict.fromkeys(("digits", "letters"), POLICY)
    for model in ports.policies:
        ports.models.settle("", replace(SERVING, model=model))
    with pytest.raises(Rejected, match="v1-aaaaaaaa: give digits:1 or letters:1"):
        explain("v1-aaaaaaaa", ports)


def test_every_decision_comes_out_the_same_again(world: World):
    ledger = world.models.ledger("digits", 1000)
    assert len(ledger) == 31
    for entry in ledger:
        assert entry.decision is not None
        assert replay(entry.decision[:12], world.ports).same


def test_unknown_decision_is_named(world: World):
    with pytest.raises(Missing, match="no ledger has a decision 'ffff'"):
        replay("ffff", world.ports)
