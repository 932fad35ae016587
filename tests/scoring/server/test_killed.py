"""A server that is killed under load loses no more of the log than its bound."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import httpx

from tests.scoring.models import regressor
from tests.scoring.server.processes import Account, answered, free_port, process
from tests.scoring.server.serving import ROW, until

ROWS = 200
"""With so many rows queued the log is written at once."""
CLIENTS = 4


@contextmanager
def asking(url: str) -> Iterator[list[str]]:
    """Clients that ask all the time, until the server is gone; gives the ids that were answered."""
    answered_ids: list[str] = []
    done = Event()

    def ask(client_number: int) -> None:
        with httpx.Client(base_url=url) as client:
            for number in range(100_000):
                request = f"{client_number}-{number}"
                try:
                    response = client.post("/score", json=ROW, headers={"x-request-id": request})
                except httpx.TransportError:
                    return
                assert response.status_code == 200
                answered_ids.append(request)
                if done.is_set():
                    return

    threads = [Thread(target=ask, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        yield answered_ids
    finally:
        done.set()
        for thread in threads:
            thread.join()


def test_a_server_killed_under_load_has_logged_all_but_what_was_queued(account: Account):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    account.deploy_model(1, regressor([1.0, 1.0]))
    settings = {"RATCHET_LOG_ROWS": str(ROWS), "RATCHET_LOG_EVERY": "30"}
    with process(account, port, **settings) as running:
        until(lambda: answered(url) is not None)
        with asking(url) as acknowledged:
            until(lambda: len(account.logs()) >= 3)
            before = list(acknowledged)
            # Files are written in order: with one that came later all of these are there.
            until(
                lambda: not set(acknowledged[len(before) + CLIENTS :]).isdisjoint(account.logged())
            )
            running.send_signal(signal.SIGKILL)
            running.wait(30)
    kept = account.logged()
    assert set(before) <= set(kept)
    assert len(kept) == len(set(kept))
    # What was answered and its answer lost on the way may be in the log as well, and no more.
    assert len(set(kept) - set(acknowledged)) <= CLIENTS + 1
