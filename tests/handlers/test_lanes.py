"""What a queue hands over is answered, tried later, or parked; the lane always goes on."""

from datetime import timedelta

import pytest

from adapters.memory.examiner import MemoryExaminer
from decisions.actions import AdmitCandidate, SubmitTraining
from decisions.codec import encode
from decisions.errors import Rejected, Transient
from decisions.events import ActionFailed, PauseRequested, TrainingDue
from decisions.facts import RunFacts
from decisions.ports import Admitted, Entry, Refused, Snapshot
from decisions.state import ModelState
from handlers.lanes import Received, take_step, take_work
from tests.handlers.ports import MemoryPorts

WISH = TrainingDue(model="digits", reason="person", key="k")
ADMIT = AdmitCandidate(model="digits", run="digits-00001-0123abcd")


def lane(event: object, **known: int) -> Received:
    return Received(queue="lanes", body=encode(event), **known)


def work(item: object, **known: int) -> Received:
    return Received(queue="work", body=encode(item), **known)


class BrokenModels:
    """A memory that raises whatever it is told to."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def load(self, model: str) -> Snapshot:
        raise self.error

    def answered(self, model: str, cause: str) -> bool:
        raise self.error

    def commit(self, tag: str, state: ModelState, cause: str, entry: Entry | None) -> str:
        raise self.error

    def settle(self, tag: str, state: ModelState) -> str:
        raise self.error

    def ledger(self, model: str, limit: int) -> list[Entry]:
        raise self.error


class BrokenExaminer(MemoryExaminer):
    """An examiner that raises whatever it is told to."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def admit(self, run: str) -> Admitted | Refused:
        raise self.error


class ThrottledTraining:
    """A workspace that asks to come back later, some times, and counts what it took."""

    def __init__(self, refusals: int, error: Exception) -> None:
        self.refusals, self.error = refusals, error
        self.submitted: list[SubmitTraining] = []

    def submit(self, action: SubmitTraining) -> None:
        if self.refusals:
            self.refusals -= 1
            raise self.error
        self.submitted.append(action)

    def look(self, job: str) -> RunFacts | None:
        return None

    def cancel(self, job: str) -> None:
        raise AssertionError("nothing is cancelled here")


def test_malformed_message_is_parked_and_completed():
    ports = MemoryPorts()
    take_step(Received(queue="lanes", body=b'{"event": "Nonsense"}'), ports)
    take_work(Received(queue="work", body=b"\xff"), ports)
    assert [parked.source for parked in ports.messages.parked] == ["lanes", "work"]
    assert "a lane message cannot be read" in ports.messages.parked[0].reason


def test_message_of_an_unknown_model_is_parked_by_name():
    ports = MemoryPorts()
    take_step(lane(TrainingDue(model="letters", reason="person", key="k")), ports)
    assert "no model 'letters' is configured" in ports.messages.parked[0].reason


def test_poison_is_given_back_and_parked_on_its_last_delivery():
    ports = MemoryPorts(models=BrokenModels(ZeroDivisionError("a bug")))  # type: ignore[arg-type] # It has the same methods.
    with pytest.raises(ZeroDivisionError):
        take_step(lane(WISH, delivery=9), ports)
    assert ports.messages.parked == []
    take_step(lane(WISH, delivery=10), ports)
    (parked,) = ports.messages.parked
    assert parked.reason == "ZeroDivisionError: a bug"
    assert parked.trace is not None
    assert "Traceback" in parked.trace


def test_unavailable_memory_is_tried_again_later_as_it_asked():
    asked = Transient("throttled", timedelta(seconds=90))
    ports = MemoryPorts(models=BrokenModels(asked))  # type: ignore[arg-type] # As above.
    take_step(lane(WISH), ports)
    (message,) = ports.messages.waiting.values()
    assert (message.at - ports.time, message.retry) == (timedelta(seconds=90), 1)


def test_what_is_tried_again_for_hours_is_parked_in_the_end():
    ports = MemoryPorts(models=BrokenModels(Transient("down")))  # type: ignore[arg-type] # As above.
    take_step(lane(WISH, retry=300), ports)
    assert ports.messages.parked[0].reason == "Transient: down"


def test_work_given_up_comes_back_to_its_lane():
    ports = MemoryPorts(examiner=BrokenExaminer(Rejected("403")))
    take_work(work(ADMIT), ports)
    assert ports.lane() == [
        ActionFailed(
            model="digits",
            action="AdmitCandidate",
            key="digits-00001-0123abcd/0",
            reason="Rejected: 403",
        )
    ]


def test_work_that_is_throttled_is_sent_again():
    ports = MemoryPorts(examiner=BrokenExaminer(Transient("busy")))
    take_work(work(ADMIT), ports)
    (message,) = ports.messages.waiting.values()
    assert (message.queue, message.retry) == ("work", 1)


def test_throttled_submission_stays_pending_and_later_events_go_on():
    training = ThrottledTraining(2, Transient("429", timedelta(seconds=30)))
    ports = MemoryPorts(training=training)  # type: ignore[arg-type] # It has the same methods.
    _submit(ports)
    assert [type(one.action).__name__ for one in _state(ports).pending] == ["SubmitTraining"]
    take_step(lane(PauseRequested(model="digits", key="p")), ports)
    assert _state(ports).paused
    _settle(ports)
    assert len(training.submitted) == 1
    assert _state(ports).pending == ()


def test_rejected_submission_is_parked_and_fails_the_training():
    training = ThrottledTraining(1, Rejected("the pipeline train_digits is not published"))
    ports = MemoryPorts(training=training)  # type: ignore[arg-type] # As above.
    _submit(ports)
    _settle(ports)
    assert ports.messages.parked[0].reason == "the pipeline train_digits is not published"
    assert _state(ports).training is None
    assert "run.failed" in {kind for _, kind, _ in ports.publisher.published.values()}


def test_effect_that_fails_in_an_unknown_way_does_not_stop_the_lane():
    training = ThrottledTraining(100, KeyError("name"))
    ports = MemoryPorts(training=training)  # type: ignore[arg-type] # As above.
    _submit(ports)
    take_step(lane(PauseRequested(model="digits", key="p")), ports)
    assert _state(ports).paused
    _settle(ports, rounds=60)
    assert [parked.reason for parked in ports.messages.parked] == ["KeyError: 'name'"]
    assert _state(ports).pending == ()
    assert _state(ports).training is None


def test_secrets_in_the_errors_of_libraries_are_not_parked():
    url = "https://store.blob.core.windows.net/data/a?sv=2024&sig=c2VjcmV0"
    error = OSError(f"GET {url} failed with AccountKey=c2VjcmV0==;")
    ports = MemoryPorts(models=BrokenModels(error))  # type: ignore[arg-type] # As above.
    take_step(lane(WISH, delivery=10), ports)
    (parked,) = ports.messages.parked
    assert "c2VjcmV0" not in f"{parked.reason}{parked.trace}"
    assert parked.reason.startswith("OSError: GET https://store.blob.core.windows.net/data/a?")


def test_second_delivery_of_a_cause_performs_and_decides_nothing():
    ports = MemoryPorts()
    take_step(lane(WISH), ports)
    ports.messages.waiting.clear()
    ports.messages.forget()
    take_step(lane(WISH), ports)
    assert ports.messages.waiting == {}
    assert _state(ports).attempts == 1


def _submit(ports: MemoryPorts) -> None:
    """Ask for a training and do the work until it is submitted, as far as that goes."""
    ports.blobs.upload("data", "digits/a.parquet", b"rows")
    blob = ports.blobs.find("data", "digits/a.parquet")
    ports.arrivals.note("digits", blob, 0)
    ports.arrivals.settle("digits", blob, None)
    take_step(lane(WISH), ports)
    (freeze,) = [one for one in ports.messages.waiting.values() if one.queue == "work"]
    del ports.messages.waiting[freeze.id]
    take_work(Received(queue="work", body=freeze.body), ports)
    (frozen,) = [one for one in ports.messages.waiting.values() if b"ManifestFrozen" in one.body]
    del ports.messages.waiting[frozen.id]
    take_step(Received(queue="lanes", body=frozen.body), ports)


def _settle(ports: MemoryPorts, rounds: int = 6) -> None:
    """Let retries and failures that wait on the lane come to pass."""
    for _ in range(rounds):
        ports.time += timedelta(minutes=1)
        for message in list(ports.messages.waiting.values()):
            if message.queue == "lanes" and message.at <= ports.time:
                del ports.messages.waiting[message.id]
                take_step(Received(queue="lanes", body=message.body), ports)


def _state(ports: MemoryPorts) -> ModelState:
    return ports.models.load("digits").state
