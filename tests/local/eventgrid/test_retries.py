"""When deliveries are tried again, held against the documented schedule."""

import json

import pytest

from local.eventgrid.retries import NEVER_WEBHOOK, Again, GiveUp, next_step
from local.eventgrid.settings import RetryPolicy
from tests.local.eventgrid.grid import SPECS

FACTS = json.loads((SPECS / "delivery-facts.json").read_text())
DEFAULT = RetryPolicy()


def step(status: int, attempts: int, age: float = 0.0, policy: RetryPolicy = DEFAULT):
    return next_step(policy, status=status, never=NEVER_WEBHOOK, attempts=attempts, age=age)


def test_the_waits_are_those_that_are_documented():
    waits = [step(500, attempts) for attempts in range(1, 12)]
    documented = [*FACTS["retry_schedule_seconds"], 43_200, 43_200]
    assert waits == [Again(wait=seconds) for seconds in documented]


@pytest.mark.parametrize(("status", "least"), [(404, 300), (408, 120), (503, 30)])
def test_some_answers_wait_longer_the_first_time(status: int, least: int):
    assert step(status, 1) == Again(wait=least)


def test_the_last_attempt_of_the_policy_is_the_last():
    policy = RetryPolicy(max_delivery_attempts=3)
    assert isinstance(step(500, 2, policy=policy), Again)
    assert step(500, 3, policy=policy) == GiveUp(reason="MaxDeliveryAttemptsExceeded")


def test_an_event_that_is_too_old_is_given_up():
    policy = RetryPolicy(event_time_to_live_in_minutes=1)
    assert step(500, 1, age=60, policy=policy) == GiveUp(reason="TimeToLiveExceeded")
