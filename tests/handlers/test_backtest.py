"""Stored windows under another policy: what a report does not know stays unknown."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from decisions.errors import Missing, Rejected
from decisions.events import Window, WindowJudged
from decisions.policies import DriftPolicy
from decisions.ports import Entry
from drift.policy import Judging
from drift.report.document import Report, dumps
from drift.results import Compared, Figure, Rows, Verdict
from handlers.backtest import Backtest, backtest
from tests.handlers.ports import MemoryPorts

START = datetime(2026, 11, 21, tzinfo=UTC)
HOUR = timedelta(hours=1)
AGE = Compared(
    name="age", kind="numeric", statistics={"psi": Figure(value=0.05)}, effect=0.05, p_value=0.5
)
CITY = Compared(
    name="city", kind="categorical", statistics={"psi": Figure(value=0.9)}, effect=0.4, p_value=1e-9
)


def report(hour: int, **known: Any) -> Report:
    """The report on an hour; its own verdict is never looked at."""
    rows = Rows(reference=1000, current=1000)
    verdict = Verdict(
        verdict="unknown", reason="-", rows=rows, columns=(), calm=False, judging=Judging()
    )
    end = START + hour * HOUR
    return Report(
        title="digits",
        version="1",
        start=end - HOUR,
        end=end,
        made_at=end,
        reference="r",
        current="c",
        verdict=verdict,
        **{"compared": (AGE,), **known},
    )


def remember(ports: MemoryPorts, hour: int, document: bytes | None) -> None:
    """An hour was judged, and its report is stored unless somebody deleted it."""
    end = START + hour * HOUR
    event = WindowJudged(
        model="digits",
        window=Window(start=end - HOUR, end=end),
        version="1",
        verdict="stable",
        sentence="-",
    )
    snapshot = ports.models.load("digits")
    state = replace(snapshot.state, seq=hour)
    entry = Entry(at=end, seq=hour, event="WindowJudged", cause=event.cause, sentence="-")
    ports.models.commit(snapshot.tag, state, event.cause, entry)
    if document is not None:
        ports.blobs.write("reports", f"digits/{event.window.name}/report.json", document)


def tried(given: DriftPolicy, *reports: Report) -> Backtest:
    ports = MemoryPorts()
    for hour, one in enumerate(reports, 1):
        remember(ports, hour, dumps(one))
    return backtest("digits", given, ports)


def test_window_that_lacked_a_column_is_unknown_and_not_stable():
    found = tried(DriftPolicy(), report(1, missing=("city",)))
    assert (found.given.unknown, found.given.alarms) == (1, 0)


def test_column_that_is_ignored_may_be_missing_or_drift():
    rule = DriftPolicy(ignore=("city",))
    found = tried(rule, report(1, missing=("city",)), report(2, compared=(AGE, CITY)))
    assert (found.given.unknown, found.given.alarms) == (0, 0)


def test_column_without_stored_figures_is_unknown_under_a_policy_that_names_it():
    found = tried(DriftPolicy(columns=("age", "income")), report(1))
    assert found.given.unknown == 1


def test_window_that_could_not_be_read_stays_unknown():
    assert tried(DriftPolicy(), report(1, compared=())).given.unknown == 1


def test_model_that_is_not_watched_has_nothing_in_force():
    found = tried(DriftPolicy(), report(1, compared=(CITY,)), report(2, compared=(CITY,)))
    assert (found.in_force.alarms, found.given.alarms, found.every_window.alarms) == (0, 2, 2)
    assert len(found.given.incidents) == 1


def test_report_that_was_deleted_is_passed_over():
    ports = MemoryPorts()
    remember(ports, 1, None)
    remember(ports, 2, dumps(report(2)))
    found = backtest("digits", DriftPolicy(), ports)
    assert (found.windows, found.first, found.last) == (1, START + 2 * HOUR, START + 2 * HOUR)


def test_nothing_stored_is_said():
    with pytest.raises(Missing, match="there is nothing to replay"):
        backtest("digits", DriftPolicy(), MemoryPorts())


def test_report_of_a_newer_release_is_refused_by_its_name():
    ports = MemoryPorts()
    remember(ports, 1, dumps(replace(report(1), schema=99)))
    with pytest.raises(Rejected, match=r"reports/digits/20261121T010000Z/report.json: .*schema 99"):
        backtest("digits", DriftPolicy(), ports)
