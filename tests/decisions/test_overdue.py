"""Whatever a model waits for is asked for again when it does not come."""

from datetime import timedelta

from msgspec.structs import replace

from decisions.events import DataInspected, LookDue, TrainingDue
from decisions.overdue import overdue
from decisions.state import Day
from tests.decisions.life import FRESH, JOB, NOW, after, in_stage, scheduled, wish

LATE = timedelta(minutes=15)


def test_every_wait_of_a_training_is_asked_for_again():
    decision = after(
        in_stage("running"), LookDue(model="digits", what="training", name=JOB, ordinal=1)
    )
    assert overdue(decision.state, scheduled(decision).at) == []
    assert overdue(decision.state, scheduled(decision).at + LATE) == [scheduled(decision).event]


def test_check_of_uploads_is_asked_for_again():
    told = DataInspected(model="digits", batch="a", admitted=1, size=1)
    decision = after(FRESH, told)
    assert overdue(decision.state, scheduled(decision).at + LATE) == [scheduled(decision).event]


def test_training_that_was_held_for_the_next_day_is_asked_for_again():
    full = replace(FRESH, today=Day(date="2026-11-21", trainings=12))
    decision = after(full, wish())
    midnight = scheduled(decision).at
    assert overdue(decision.state, NOW) == []
    assert overdue(decision.state, midnight + LATE) == [
        TrainingDue(model="digits", reason="held", key="2026-11-22")
    ]
    assert overdue(replace(decision.state, paused=True), midnight + LATE) == []


def test_model_at_rest_waits_for_nothing():
    assert overdue(FRESH, NOW + LATE) == []
