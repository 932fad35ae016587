"""How traffic is split: by weight, and always the same for the same key."""

import doctest

import pytest

from scoring.server import routes
from scoring.server.routes import Routes

KEYS = [f"request-{number}" for number in range(20_000)]


@pytest.mark.parametrize(
    "traffic", [{"a": 100}, {"a": 90, "b": 10}, {"a": 34, "b": 33, "c": 33}, {"a": 0, "b": 100}]
)
def test_keys_are_split_by_weight(traffic: dict[str, int]):
    given = [Routes(traffic=traffic).split(key) for key in KEYS]
    for name, percent in traffic.items():
        assert given.count(name) / len(KEYS) == pytest.approx(percent / 100, abs=0.02)


def test_a_key_stays_where_it_is():
    split = Routes(traffic={"a": 50, "b": 50})
    assert [split.split(key) for key in KEYS] == [split.split(key) for key in KEYS]


def test_more_traffic_moves_no_key_away_from_the_one_that_grows():
    before, after = Routes(traffic={"new": 10, "old": 90}), Routes(traffic={"new": 50, "old": 50})
    assert {key for key in KEYS if before.split(key) == "new"} <= {
        key for key in KEYS if after.split(key) == "new"
    }


def test_without_traffic_no_deployment_is_chosen():
    assert Routes().split("request") is None


def test_the_example_holds():
    assert doctest.testmod(routes) == (0, 1)
