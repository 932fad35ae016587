"""Waits grow, and stop growing, however long the other side is away."""

from datetime import timedelta

import pytest

from decisions import delays


@pytest.mark.parametrize(
    ("tries", "wait"), [(1, 2), (2, 4), (8, 256), (9, 300), (47, 300), (5000, 300)]
)
def test_retry_doubles_up_to_five_minutes_for_ever(tries: int, wait: int):
    assert delays.retry(tries, None) == timedelta(seconds=wait)


def test_retry_waits_longer_where_it_was_asked_to():
    assert delays.retry(1, timedelta(minutes=7)) == timedelta(minutes=7)
