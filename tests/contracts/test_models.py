"""What every adapter of the port `Models` keeps to, in memory and on Azure Tables."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from azure.data.tables import TableClient

from adapters.memory.models import MemoryModels
from adapters.storage.models import TableModels
from decisions.errors import Conflict
from decisions.ports import Entry, Models
from decisions.state import ModelState

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(params=["memory", "azure"])
def models(request: pytest.FixtureRequest) -> Models:
    if request.param == "memory":
        return MemoryModels()
    table: TableClient = request.getfixturevalue("table")
    return TableModels(table)


def entry(seq: int, sentence: str = "It happened.") -> Entry:
    return Entry(at=NOON, seq=seq, event="DataArrived", cause=f"data/{seq}", sentence=sentence)


def digits(seq: int = 0, *held: str) -> ModelState:
    return ModelState(model="digits", seq=seq, held=held)


def test_a_model_never_seen_is_fresh(models: Models):
    snapshot = models.load("digits")

    assert snapshot.state == ModelState(model="digits")
    assert snapshot.tag == ""
    assert list(models.ledger("digits", 10)) == []


def test_a_commit_keeps_state_cause_and_entry(models: Models):
    tag = models.commit("", digits(1, "drift"), "data/1", entry(1))

    assert models.load("digits").state == digits(1, "drift")
    assert models.load("digits").tag == tag
    assert models.answered("digits", "data/1")
    assert list(models.ledger("digits", 10)) == [entry(1)]


def test_a_commit_without_entry_leaves_the_ledger_alone(models: Models):
    models.commit("", digits(1), "data/1", None)

    assert models.answered("digits", "data/1")
    assert list(models.ledger("digits", 10)) == []


def test_commits_follow_each_other_by_their_tags(models: Models):
    first = models.commit("", digits(1), "data/1", entry(1))
    second = models.commit(first, digits(2), "data/2", entry(2))

    assert second != first
    assert models.load("digits").state == digits(2)


def test_settling_replaces_the_state_alone(models: Models):
    tag = models.commit("", digits(1, "drift"), "data/1", entry(1))

    settled = models.settle(tag, digits(1))

    assert models.load("digits").state == digits(1)
    assert models.load("digits").tag == settled != tag
    assert len(models.ledger("digits", 10)) == 1


def test_a_stale_tag_commits_nothing_at_all(models: Models):
    stale = models.commit("", digits(1), "data/1", entry(1))
    models.settle(stale, digits(1, "drift"))

    with pytest.raises(Conflict):
        models.commit(stale, digits(2), "data/2", entry(2))

    assert models.load("digits").state == digits(1, "drift")
    assert not models.answered("digits", "data/2")
    assert len(models.ledger("digits", 10)) == 1


def test_a_stale_tag_settles_nothing(models: Models):
    stale = models.commit("", digits(1), "data/1", None)
    models.settle(stale, digits(1, "drift"))

    with pytest.raises(Conflict):
        models.settle(stale, digits(1, "person"))

    assert models.load("digits").state == digits(1, "drift")


def test_an_answered_cause_commits_nothing_at_all(models: Models):
    tag = models.commit("", digits(1), "data/1", entry(1))

    with pytest.raises(Conflict):
        models.commit(tag, digits(2), "data/1", entry(2))

    assert models.load("digits").state == digits(1)
    assert models.load("digits").tag == tag
    assert len(models.ledger("digits", 10)) == 1


def test_of_two_first_commits_one_fails(models: Models):
    models.commit("", digits(1), "data/1", None)

    with pytest.raises(Conflict):
        models.commit("", digits(1), "data/2", None)

    assert not models.answered("digits", "data/2")


@pytest.mark.parametrize("fresh", [True, False], ids=["first", "later"])
def test_of_concurrent_commits_exactly_one_wins(models: Models, fresh: bool):
    tag = "" if fresh else models.commit("", digits(1), "data/0", None)

    def attempt(number: int) -> str | None:
        try:
            models.commit(tag, digits(2, str(number)), f"data/{number}", entry(2, str(number)))
        except Conflict:
            return None
        return str(number)

    with ThreadPoolExecutor(8) as threads:
        winners = [one for one in threads.map(attempt, range(1, 9)) if one]

    assert len(winners) == 1
    assert models.load("digits").state.held == tuple(winners)
    assert [one.sentence for one in models.ledger("digits", 10)] == winners
    assert [n for n in range(1, 9) if models.answered("digits", f"data/{n}")] == [int(winners[0])]


def test_of_concurrent_answers_to_one_cause_one_wins(models: Models):
    def attempt(number: int) -> bool:
        try:
            models.commit(models.load("digits").tag, digits(number), "data/1", entry(number))
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(attempt, range(1, 9))) == 1

    assert len(models.ledger("digits", 10)) == 1


def test_a_decision_lost_before_its_answer_is_found_committed(models: Models):
    models.commit("", digits(1), "data/1", entry(1))

    redelivered = models.load("digits")

    assert models.answered("digits", "data/1")
    assert models.settle(redelivered.tag, redelivered.state)


def test_the_ledger_gives_the_newest_entries_first(models: Models):
    tag = ""
    for seq in range(1, 13):
        tag = models.commit(tag, digits(seq), f"data/{seq}", entry(seq))

    assert [one.seq for one in models.ledger("digits", 3)] == [12, 11, 10]
    assert [one.seq for one in models.ledger("digits", 100)] == list(range(12, 0, -1))


def test_an_entry_comes_back_whole(models: Models):
    written = Entry(
        at=NOON,
        seq=1,
        event="CandidateEvaluated",
        cause="evaluated/digits-00001-4f5fdba3/none",
        sentence="Gewonnen: 98,4 % – größer als 97 % 🎉",
        numbers={"gain": 0.014, "rows": 360, "why": "x" * 100_000},
        actions=("RegisterModel", "Notify"),
        decision="3f9a",
    )

    models.commit("", digits(1), "data/1", written)

    assert list(models.ledger("digits", 1)) == [written]


@pytest.mark.parametrize(
    "cause", ["run/a/Completed", "what#if?", "a\\b", "", "ü" * 2_000], ids=ascii
)
def test_any_text_can_be_a_cause(models: Models, cause: str):
    assert not models.answered("digits", cause)

    models.commit("", digits(1), cause, None)

    assert models.answered("digits", cause)


def test_two_models_share_no_cause_and_no_state(models: Models):
    models.commit("", digits(1), "data/1", entry(1))

    assert not models.answered("letters", "data/1")
    assert models.load("letters").tag == ""
    models.commit("", ModelState(model="letters", seq=1), "data/1", entry(1))
    assert models.load("digits").state == digits(1)


def test_a_state_of_300_kilobytes_comes_back_whole(models: Models):
    large = digits(1, *(f"{n:05d}" + "x" * 995 for n in range(300)))

    tag = models.commit("", large, "data/1", None)

    assert models.load("digits").state == large
    models.settle(tag, digits(1))
    assert models.load("digits").state == digits(1)


def test_characters_outside_ascii_come_back_whole(models: Models):
    state = digits(1, *("größer – 🎉" * 1_000 for _ in range(10)))

    models.commit("", state, "data/1", None)

    assert models.load("digits").state == state


def test_every_cause_is_remembered(models: Models):
    tag = ""
    for number in range(500):
        tag = models.commit(tag, digits(number), f"data/{number}", None)

    assert models.answered("digits", "data/0")
    assert models.answered("digits", "data/499")
    assert not models.answered("digits", "data/500")
    assert models.load("digits").state == digits(499)
