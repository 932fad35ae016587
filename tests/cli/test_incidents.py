"""What people see and say of incidents, through a real shell, storage and queue."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from decisions.events import AckRequested, RedeployRequested, SnoozeRequested
from decisions.incidents import Incident
from tests.cli.conftest import START, Deployment

OPEN = Incident(
    id="inc-97ba5bc5",
    monitor="ratchet",
    window="20261121T080000Z",
    raised=START,
    cause="drift/ratchet/20261121T080000Z",
    features=("größe", "a", "b", "c"),
    score=0.41,
    threshold=0.2,
)


def test_no_incident_is_said_in_a_sentence(deployment: Deployment):
    said = deployment.ratchet("incidents")
    assert (said.code, said.out) == (0, "No incident is open.\n")


def test_open_incident_is_shown_with_its_figures(deployment: Deployment):
    deployment.opens(OPEN)
    said = deployment.ratchet("incidents", deployment.model)
    assert f"inc-97ba5bc5  {deployment.model}" in said.out
    assert "größe, a, b, 1 more" in said.out
    assert "0.41 of 0.2" in said.out
    (incident,) = deployment.ratchet("incidents", "--json").json
    assert incident["model"] == deployment.model
    assert incident["incident"]["id"] == OPEN.id


def test_acknowledged_incident_is_an_event_in_the_lane(deployment: Deployment):
    deployment.opens(OPEN)
    said = deployment.ratchet("ack", deployment.model, OPEN.id)
    assert said.code == 0, said.err
    (event,) = deployment.asked()
    assert isinstance(event, AckRequested)
    assert (event.model, event.incident) == (deployment.model, OPEN.id)
    assert event.by != "unknown"


def test_snoozed_incident_sleeps_for_the_time_that_was_given(deployment: Deployment):
    deployment.opens(OPEN)
    before = datetime.now(UTC)
    assert deployment.ratchet("snooze", deployment.model, OPEN.id, "--for", "2d").code == 0
    (event,) = deployment.asked()
    assert isinstance(event, SnoozeRequested)
    assert event.incident == OPEN.id
    assert before < event.until - timedelta(days=2) < datetime.now(UTC)


@pytest.mark.parametrize("command", [("ack",), ("snooze", "--for", "1h")])
def test_incident_that_is_not_open_is_refused_with_those_that_are(
    deployment: Deployment, command: tuple[str, ...]
):
    deployment.opens(OPEN)
    said = deployment.ratchet(command[0], deployment.model, "inc-00000000", *command[1:])
    assert said.code == 1
    assert f"'inc-00000000' of {deployment.model} is open; there are: inc-97ba5bc5" in said.err
    assert deployment.asked() == []


@pytest.mark.parametrize("duration", ["0h", "two days"])
def test_duration_that_is_none_is_refused(deployment: Deployment, duration: str):
    said = deployment.ratchet("snooze", deployment.model, OPEN.id, f"--for={duration}")
    assert said.code == 2
    assert "expected a duration" in said.err


def test_champion_is_asked_to_be_rolled_out(deployment: Deployment):
    assert deployment.ratchet("redeploy", deployment.model).code == 0
    (event,) = deployment.asked()
    assert isinstance(event, RedeployRequested)


@pytest.mark.parametrize("command", [("incidents",), ("ack", "-")], ids=lambda one: one[0])
def test_unknown_model_is_refused_with_those_that_are_known(
    deployment: Deployment, command: tuple[str, ...]
):
    said = deployment.ratchet(command[0], "nobody", *command[1:])
    assert said.code == 1
    assert f"no model 'nobody' in ratchet.yaml; there are: {deployment.model}" in said.err


def test_newest_report_is_shown_unless_a_window_is_named(deployment: Deployment):
    deployment.judges(1, score=0.05)
    deployment.judges(2, score=0.5)
    newest = deployment.ratchet("report", deployment.model)
    assert "2026-11-21 01:00 to 2026-11-21 02:00 UTC" in newest.out
    assert "Drifted" in newest.out
    named = deployment.ratchet("report", deployment.model, "20261121T010000Z", "--json")
    assert named.json["verdict"] == "stable"
    assert named.json["columns"][0]["score"] == 0.05


def test_page_is_made_again_from_the_stored_document(deployment: Deployment, tmp_path: Path):
    deployment.judges(1, score=0.5)
    page = tmp_path / "window.html"
    assert deployment.ratchet("report", deployment.model, "--html", page).code == 0
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert f"what endpoint {deployment.model} was asked" in page.read_text(encoding="utf-8")


def test_window_without_a_report_is_named(deployment: Deployment):
    deployment.judges(1, score=0.05)
    said = deployment.ratchet("report", deployment.model, "20261121T090000Z")
    assert said.code == 1
    assert f"reports/{deployment.model}/20261121T090000Z/report.json" in said.err


def test_model_without_judged_windows_has_no_report(deployment: Deployment):
    said = deployment.ratchet("report", deployment.model)
    assert said.code == 1
    assert f"no window of {deployment.model} was judged yet" in said.err
