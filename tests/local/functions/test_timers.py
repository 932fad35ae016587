"""Timer triggers: the rules of their status, and timers of a running host."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from decisions.ncrontab import parse
from local.functions.triggers.timer import Status, load, resume, save
from tests.local.functions.hosting import MASTER, eventually, hosted, seen

NEVER_IN_A_TEST = "0 0 0 29 2 *"


def _day(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def test_first_start_waits_for_the_next_occurrence():
    status = resume(None, parse("0 0 0 * * *"), _day(21, 9))
    assert status == Status(None, _day(22), _day(21, 9))


def test_missed_occurrence_is_still_due():
    recorded = Status(_day(19), _day(20), _day(19))
    assert resume(recorded, parse("0 0 0 * * *"), _day(21, 9)) == recorded


def test_changed_schedule_makes_nothing_past_due():
    recorded = Status(_day(19), _day(20), _day(19))
    status = resume(recorded, parse("0 0 6 * * *"), _day(21, 9))
    assert status == Status(None, _day(22, 6), _day(21, 9))


def test_status_outlives_the_process(tmp_path: Path):
    status = Status(None, _day(22), _day(21))
    save(tmp_path / "t.json", status)
    assert load(tmp_path / "t.json") == status


def test_unreadable_status_counts_as_none(tmp_path: Path):
    (tmp_path / "t.json").write_text('{"Last": ')
    assert load(tmp_path / "t.json") is None


def _runs(folder: Path, name: str) -> list[dict[str, Any]]:
    return [note for note in seen(folder) if note["name"] == name]


def test_timers_run_as_their_schedules_say(tmp_path: Path):
    timers = tmp_path / ".functions" / "timers"
    timers.mkdir(parents=True)
    missed = {"Last": "2026-01-01T00:00:00Z", "Next": "2026-01-02T00:00:00Z"}
    (timers / "daily.json").write_text(json.dumps({**missed, "LastUpdated": missed["Last"]}))
    with hosted("clocks", tmp_path, EVERY="* * * * * *") as host:
        often = eventually(lambda: _runs(tmp_path, "often"), lambda runs: len(runs) > 1)
        daily = eventually(lambda: _runs(tmp_path, "daily"))
        eager = eventually(lambda: _runs(tmp_path, "eager"))
        with host.client(MASTER) as client:
            wrong = client.get("/admin/functions/wrong/status").json()["errors"]
        assert host.terminate() == 0
    assert [run["past_due"] for run in often[:2]] == [False, False]
    assert [run["status"] for run in often[:2]] == [{}, {}]  # Within a minute: not monitored.
    assert [run["past_due"] for run in daily] == [True]
    assert daily[0]["status"] == {**missed, "LastUpdated": missed["Last"]}
    assert [run["past_due"] for run in eager] == [False]
    assert "'every morning' was not recognized as a valid cron expression" in wrong[0]
    status = load(timers / "daily.json")
    assert status is not None
    assert status.next is not None
    assert status.next > datetime.now(UTC)


def test_one_of_two_hosts_runs_a_timer_and_the_other_takes_over(tmp_path: Path):
    settings = {"EVERY": "* * * * * *"}
    with hosted("clocks", tmp_path, **settings) as first, hosted("clocks", tmp_path, **settings):
        eventually(lambda: _runs(tmp_path, "often"), lambda runs: len(runs) > 2)
        processes = {run["process"] for run in _runs(tmp_path, "often")}
        assert processes == {first.process.pid}
        first.process.kill()
        eventually(
            lambda: {run["process"] for run in _runs(tmp_path, "often")},
            lambda processes: len(processes) > 1,
        )


def test_missing_setting_of_a_schedule_is_named(tmp_path: Path):
    with hosted("clocks", tmp_path) as host, host.client(MASTER) as client:
        errors = client.get("/admin/functions/often/status").json()["errors"]
    assert errors == ["'%EVERY%' does not resolve to a value: add the setting EVERY"]
