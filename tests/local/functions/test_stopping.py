"""Waiting that ends when the host stops."""

import asyncio

import pytest

from local.functions.stopping import Stop, Stopped


async def _soon(value: str) -> str:
    return value


async def _stubborn(begun: asyncio.Event) -> str:
    """Lose the first cancellation, and come with a result."""
    begun.set()
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        return "a message"
    return "never"


def test_what_comes_is_handed_over():
    assert asyncio.run(Stop().unless(_soon("a message"))) == "a message"


def test_waiting_ends_with_the_stop():
    async def act() -> None:
        stop = Stop()
        waiting = asyncio.create_task(stop.sleep(3600))
        await asyncio.sleep(0)
        stop.tell()
        await waiting

    with pytest.raises(Stopped):
        asyncio.run(act())


def test_nothing_begins_after_the_stop():
    async def act() -> None:
        stop = Stop()
        stop.tell()
        await stop.unless(_soon("a message"))

    with pytest.raises(Stopped):
        asyncio.run(act())


def test_what_comes_with_the_stop_is_not_lost():
    async def act() -> str:
        stop, begun = Stop(), asyncio.Event()
        waiting = asyncio.create_task(stop.unless(_stubborn(begun)))
        await begun.wait()
        stop.tell()
        return await waiting

    assert asyncio.run(act()) == "a message"


def test_error_of_what_was_awaited_comes_through():
    async def fail() -> None:
        raise ConnectionError("refused")

    with pytest.raises(ConnectionError, match="refused"):
        asyncio.run(Stop().unless(fail()))
