"""What the outside world saw: counted there, not in Ratchet's own memory."""

import contextlib
import itertools
import threading
from collections.abc import Iterator
from typing import Any

import urllib3

from cli.demo.stage import MODEL, Stage, StoryError

_TICK_EVERY = 1.0


def received(stage: Stage) -> list[dict[str, Any]]:
    """The webhooks that the receiver took; it refuses what is not signed as it has to be."""
    answer = urllib3.request("GET", f"{stage.stack.urls['webhooks']}/received")
    return list(answer.json())


def expect_webhooks(stage: Stage, kinds: dict[str, int]) -> None:
    """Wait for so many signed webhooks of each kind, and tell of them."""

    def arrived(_: object) -> bool:
        got = [one["body"]["type"] for one in received(stage)]
        return all(got.count(kind) >= number for kind, number in kinds.items())

    stage.wait("the webhooks have arrived", arrived)
    told = ", ".join(kinds)
    stage.say(f"The webhook receiver got {told}; every signature was verified.")


@contextlib.contextmanager
def frequent_ticks(stage: Stage) -> Iterator[None]:
    """Have the app's timer run every few seconds, as a person may by hand."""
    over = threading.Event()

    def run() -> None:
        http = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(10))
        url = f"{stage.stack.urls['functions-0']}/admin/functions/tick"
        headers = {"x-functions-key": stage.stack.emulators.master_key}
        while not over.wait(_TICK_EVERY):
            with contextlib.suppress(urllib3.exceptions.HTTPError):
                http.request("POST", url, json={"input": ""}, headers=headers)

    ticking = threading.Thread(target=run, daemon=True)
    ticking.start()
    try:
        yield
    finally:
        over.set()
        ticking.join()


def effects(stage: Stage) -> dict[str, int]:
    """What was done to the outside so far, counted."""
    services = stage.services
    numbers = itertools.takewhile(
        lambda number: services.registry.find(MODEL, str(number)), itertools.count(1)
    )
    return {
        "trainings": stage.state.attempts,
        "registered versions": sum(1 for _ in numbers),
        "specifications of the endpoint": stage.state.generation,
        "webhooks by id": len({one["webhook-id"] for one in received(stage)}),
    }


def deliver_everything_again(stage: Stage, times: int) -> int:
    """Have Event Grid deliver all events again, shuffled, and wait until none is on its way."""
    grid = stage.stack.urls["event grid"]
    answer = urllib3.request("POST", f"{grid}/admin/replay", json={"times": times, "seed": 7})
    if answer.status >= 300:
        raise StoryError(f"the events could not be delivered again: {answer.data[:200]!r}")
    stage.wait("they are all delivered", lambda _: _delivered(grid))
    return int(answer.json()["published"])


def _delivered(grid: str) -> bool:
    deliveries = urllib3.request("GET", f"{grid}/admin").json()["deliveries"]
    return not any(states.get("waiting") for states in deliveries.values())
