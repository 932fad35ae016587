"""The reference is what the code says, and nothing that people rely on is missing from it."""

import ast
from typing import get_args

import pytest
from msgspec.structs import replace
from typer.core import TyperCommand

from decisions import breaker
from decisions.actions import AnyAction, Notify
from decisions.decision import Decision
from decisions.events import (
    AnyEvent,
    CandidateEvaluated,
    CandidateRefused,
    DataInspected,
    DriftDetected,
    LookDue,
    ManifestFrozen,
    ModelRegistered,
    Quarantined,
    RunFailed,
    SmokeTested,
)
from decisions.state import Training
from docs.generate import REFERENCE, pages
from docs.pages import commands, receiver, webhooks
from docs.pages.source import modules, parsed
from handlers.translation import TRANSLATORS
from tests.decisions import test_batches as batches
from tests.decisions.life import (
    D2,
    FRESH,
    JOB,
    MANIFEST,
    NOW,
    POLICY,
    SERVING,
    WATCHED,
    after,
    compared,
    endpoint,
    in_phase,
    in_stage,
    registered,
    run,
    the,
    watched,
)

FUNCTIONS = [one.name for one in parsed("function_app.py").body if isinstance(one, ast.FunctionDef)]


@pytest.mark.parametrize("name", pages())
def test_page_is_what_the_code_says_now(name: str):
    written = (REFERENCE / name).read_text(encoding="utf-8")
    assert written == pages()[name], "run: python -m docs.generate"


def test_no_page_is_left_over():
    assert {path.name for path in REFERENCE.iterdir()} == set(pages())


@pytest.mark.parametrize("name", [one.__name__ for one in get_args(AnyEvent | AnyAction)])
def test_every_event_and_action_says_how_it_comes_about_and_what_follows(name: str):
    _, _, rest = pages()["events.md"].partition(f"### {name}\n")
    section = rest.partition("\n##")[0]
    rows = {
        row.split(" | ")[0].strip("| "): row.split(" | ")[-1].strip("| ")
        for row in section.splitlines()
        if row.startswith("| ")
    }
    told = {"Sent by", "What follows"} if "Sent by" in rows else {"Decided in", "Performed by"}
    assert all(rows[one] for one in told | {"Carries", "Business key"})


def test_every_type_that_is_read_says_what_it_becomes():
    page = pages()["events.md"]
    assert [kind for kind in TRANSLATORS if f"| `{kind}` | [`" not in page] == []


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_of_the_app_has_a_row(name: str):
    assert f"| `{name}` | " in pages()["events.md"]


@pytest.mark.parametrize(("name", "command"), list(commands.commands()))
def test_every_command_has_help_and_a_row(name: str, command: TyperCommand):
    row = f"| [`{name}`](#{name.replace(' ', '-')}) | "
    (line,) = (one for one in pages()["commands.md"].splitlines() if one.startswith(row))
    assert command.help
    assert len(line) > len(row) + 10
    assert [one.name for one in command.params if not getattr(one, "help", None)] == []


def on_drift(cause: str) -> Training:
    training = in_stage("admitting", causes=(cause,)).training
    assert training is not None
    return training


RAISED = watched(WATCHED, "drifted", "drifted")[-1]
NEWS = {
    "data.quarantined": after(
        SERVING,
        DataInspected(
            model="digits",
            batch="b",
            admitted=0,
            size=0,
            quarantined=(Quarantined(path="p", etag="e", reason="r"),),
        ),
    ),
    "run.failed": after(
        in_stage("running"), RunFailed(model="digits", run=JOB, status="Failed"), run("Failed")
    ),
    "model.registered": after(
        in_stage("registering", score=0.9),
        ModelRegistered(model="digits", version="1"),
        registered("1", JOB),
    ),
    "model.deployed": after(
        in_phase("baking", step=2, since=NOW.replace(hour=1)),
        LookDue(model="digits", what="rollout", name="v2-bbbbbbbb/5", ordinal=1),
        endpoint(5),
    ),
    "model.rolled_back": after(
        in_phase("testing"),
        SmokeTested(model="digits", deployment=D2.name, generation=5, problem="empty"),
    ),
    "drift.detected": after(
        SERVING, DriftDetected(model="digits", monitor="m", window="w", features=("a",))
    ),
    "model.paused": breaker.refused(replace(SERVING, refusals=2), on_drift("drift/m/w"), POLICY),
    "drift.cleared": watched(RAISED.state, "stable", "stable", "stable", first=3)[-1],
    "drift.labels_awaited": after(
        RAISED.state,
        ManifestFrozen(model="digits", attempt=1, manifest=replace(MANIFEST, digest="m1")),
    ),
    "drift.unknown": watched(WATCHED, "unknown")[-1],
    "drift.known": watched(WATCHED, "unknown", "stable")[-1],
    "batch.published": batches.batch(batches.ended("published"), batches.RUNNING),
    "batch.failed": batches.batch(batches.ended("failed"), batches.RUNNING),
    "batch.not_run": batches.batch(batches.due(), FRESH),
}
REFUSALS = (
    after(
        in_stage("admitting"),
        CandidateRefused(model="digits", run=JOB, code="not_onnx", reason="r"),
    ),
    after(
        in_stage("evaluating", SERVING),
        CandidateEvaluated(
            model="digits",
            run=JOB,
            comparison=compared(
                0.8,
                -0.1,
                champion="1",
                champion_score=0.84,
                gain=-0.04,
                confidence=0.95,
                p_value=0.9,
            ),
        ),
    ),
)


def told(decision: Decision) -> set[str]:
    """The fields of the news that a decision tells."""
    return set(the(decision, Notify).data)


def test_every_kind_of_news_that_is_decided_is_in_the_reference():
    calls = [
        node
        for name in modules("decisions")
        for node in ast.walk(parsed(name))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Notify"
    ]
    kinds = {
        ast.literal_eval(given.value)
        for call in calls
        for given in call.keywords
        if given.arg == "kind"
    }
    assert kinds == set(webhooks.KINDS)


@pytest.mark.parametrize("kind", NEWS)
def test_news_carries_the_fields_of_the_reference(kind: str):
    fields = {name.replace("‹gate.metric›", "test_accuracy") for name in webhooks.KINDS[kind][1]}
    assert the(NEWS[kind], Notify).kind == kind
    assert told(NEWS[kind]) == fields


def test_refusals_carry_the_fields_of_the_reference_between_them():
    assert {the(one, Notify).kind for one in REFUSALS} == {"model.refused"}
    assert set.union(*map(told, REFUSALS)) == set(webhooks.KINDS["model.refused"][1])


def test_receiver_of_the_reference_knows_the_genuine_webhook():
    sent, at = webhooks.headers(), webhooks.AT.timestamp()
    body, secret = webhooks.BODY, webhooks.SECRET
    assert receiver.genuine(sent, body, secret, at + 299)
    assert not receiver.genuine(sent, body, secret, at + 301)
    assert not receiver.genuine(sent, body + b" ", secret, at)
    assert not receiver.genuine({**sent, "webhook-id": "msg_2"}, body, secret, at)
    assert not receiver.genuine(sent, body, "whsec_" + "A" * 32, at)
