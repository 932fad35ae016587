"""What a message outlives: the end of the host, its sudden death, and the broker's."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.local.functions.conftest import QUEUES
from tests.local.functions.hosting import APPS, eventually, hosted, seen
from tests.local.functions.posting import Post, posting
from tests.local.servicebus.emulator import Emulator, spawn


def _send(post: Post, until: Path | None = None) -> set[str]:
    """One message to each queue, which waits for the file if one is given."""
    order: dict[str, Any] = {"seconds": 20, "until": str(until)} if until else {}
    return {post.send("work", **order), post.send("lanes", "s", **order)}


def _at(folder: Path, event: str, names: set[str]) -> None:
    def look() -> set[str]:
        return {note["id"] for note in seen(folder) if note["event"] == event}

    eventually(look, names.issubset)


def test_what_is_at_work_is_finished_before_the_end(bus: Emulator, post: Post, tmp_path: Path):
    with hosted("queues", tmp_path, WORK="work", BUS=bus.connection_string) as host:
        names = _send(post, until=tmp_path / "go")
        _at(tmp_path, "begin", names)
        host.process.terminate()
        eventually(lambda: not host.answers())
        late = _send(post)
        (tmp_path / "go").touch()
        assert host.process.wait(20) == 0
    ends = {note["id"] for note in seen(tmp_path) if note["event"] == "end"}
    assert ends == names
    with hosted("queues", tmp_path, WORK="work", BUS=bus.connection_string):
        _at(tmp_path, "end", late)
    begun = [note["id"] for note in seen(tmp_path) if note["event"] == "begin"]
    assert sorted(begun) == sorted(names | late)


def test_killed_host_loses_nothing(bus: Emulator, post: Post, tmp_path: Path):
    with hosted("queues", tmp_path, WORK="work", BUS=bus.connection_string) as host:
        names = _send(post, until=tmp_path / "go")
        _at(tmp_path, "begin", names)
        host.process.kill()
    (tmp_path / "go").touch()
    with hosted("queues", tmp_path, WORK="work", BUS=bus.connection_string):
        _at(tmp_path, "end", names)


def test_broker_that_comes_back_is_found_again(tmp_path: Path):
    queues = json.dumps({"queues": QUEUES})
    with spawn(tmp_path / "bus", queues) as first:
        assert first.stdout is not None
        broker = Emulator(first, int(first.stdout.readline().rsplit(":", 1)[1]))
        address = broker.connection_string
        with hosted("queues", tmp_path / "host", WORK="work", BUS=address) as host:
            with posting(broker.client()) as post:
                _at(host.folder, "end", _send(post))
            first.kill()
            first.wait()
            missing = "is not reached, next try in"
            eventually(lambda: [line for line in host.log if missing in line["message"]])
            with spawn(tmp_path / "bus", queues, port=broker.port) as second:
                assert second.stdout is not None
                second.stdout.readline()
                with posting(broker.client()) as post:
                    _at(host.folder, "end", _send(post))
            assert host.terminate() == 0


@pytest.mark.parametrize(
    ("bus_settings", "order"),
    [
        ({"autoCompleteMessages": False, "prefetchCount": 2}, {}),
        ({"maxAutoLockRenewalDuration": "00:00:01"}, {"seconds": 5}),
    ],
    ids=["not completed", "not renewed for long"],
)
def test_lock_that_ends_brings_the_message_again(
    bus: Emulator, post: Post, tmp_path: Path, bus_settings: dict[str, Any], order: dict[str, Any]
):
    app = shutil.copytree(APPS / "queues", tmp_path / "app")
    host_json = {"version": "2.0", "extensions": {"serviceBus": bus_settings}}
    (app / "host.json").write_text(json.dumps(host_json))
    with hosted(str(app), tmp_path, WORK="work", BUS=bus.connection_string):
        name = post.send("work", **order)

        def deliveries() -> list[int]:
            notes = [note for note in seen(tmp_path) if note["id"] == name]
            return [note["delivery"] for note in notes if note["event"] == "begin"]

        # On a busy machine a lock may end before its invocation has begun, so any two will do.
        found = eventually(deliveries, lambda found: len(set(found)) > 1)
        assert max(found) > 1
