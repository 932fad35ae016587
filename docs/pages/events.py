"""The page about events and actions: what happens, under which key, and what follows."""

import ast
import re
from typing import Any, get_args

import msgspec

from decisions.actions import Action, AnyAction, Work
from decisions.events import AnyEvent, Event
from docs.pages import source
from docs.pages.markdown import document, sentence, table, told
from handlers.monitors import Told
from handlers.translation import TRANSLATORS

EVENTS: tuple[type[Event], ...] = get_args(AnyEvent)
ACTIONS: tuple[type[Action], ...] = get_args(AnyAction)
DRIFT = """\
{
  "specversion": "1.0",
  "id": "7f0c",
  "source": "https://monitor.example/credit",
  "type": "Ratchet.DriftDetected",
  "data": {
    "model": "credit",
    "monitor": "nightly",
    "window": "2026-11-20",
    "measures": [{"name": "age", "statistic": "psi", "score": 0.31, "threshold": 0.2}]
  }
}"""
"""How a monitor of any kind reports drift."""
_PLACES = ("queue_name", "route", "schedule")


def page() -> str:
    """Everything that can happen, and everything that Ratchet does about it."""
    return document(
        "Events and actions",
        "An event is something that happened, or became due, for one model; an action is what "
        "Ratchet does about it. Two events with the same business key are one happening, two "
        "actions of one kind with the same key are one effect.",
        "## Functions",
        "What wakes the app, and whom it wakes; each is a function of `function_app.py`.",
        table(("Function", "Trigger", "What comes"), _functions()),
        "## What comes from outside",
        "Any other type is counted and left alone; one that cannot be read, or that is of another "
        "workspace or account, is parked with the reason. `Ratchet.…` types are for systems of "
        "your own: send them to `POST /api/events` or to the queue `events`.",
        table(("CloudEvents type", "Becomes"), _outside()),
        "### Drift that another monitor found",
        f"{told(Told)} Fields: {_fields(Told)}; the first three are needed.",
        f"```json\n{DRIFT}\n```",
        "## Events",
        *(block for event in EVENTS for block in _event(event)),
        "## Actions",
        *(block for action in ACTIONS for block in _action(action)),
    )


def _functions() -> list[tuple[str, str, str]]:
    return [
        (f"`{name}`", f"`{_trigger(node)}`", sentence(ast.get_docstring(node) or ""))
        for name, node in source.functions("function_app.py").items()
    ]


def _trigger(function: ast.FunctionDef) -> str:
    """The trigger's kind, and its queue, route or schedule."""
    (call,) = (one for one in function.decorator_list if isinstance(one, ast.Call))
    kind = ast.unparse(call.func).removeprefix("app.")
    named = {one.arg: one.value for one in call.keywords}
    place = [ast.unparse(named[name]) for name in _PLACES if name in named]
    return " ".join([kind, *place])


def _outside() -> list[tuple[str, str]]:
    names = [event.__name__ for event in EVENTS]
    rows = []
    for kind, translator in TRANSLATORS.items():
        made = source.reached("handlers/translation.py", translator.__name__)
        # A blob is noted, and its bucket is what the lane hears of.
        made |= {"DataArrived"} if "BlobCreated" in made else set()
        rows.append((f"`{kind}`", ", ".join(_link(name) for name in names if name in made)))
    return rows


def _event(event: type[Event]) -> list[str]:
    name = event.__name__
    follows = [arm for arm in source.arms("decisions/decide.py", "_answer") if arm.takes == name]
    return [
        f"### {name}",
        told(event),
        table(
            ("", ""),
            [
                ("Carries", _fields(event)),
                ("Business key", _key(event, "cause")),
                ("Sent by", _modules(source.makers(name, "handlers", "decisions", "cli"))),
                ("What follows", "<br>".join(_transition(arm) for arm in follows)),
            ],
        ),
    ]


def _action(action: type[Action]) -> list[str]:
    name = action.__name__
    arms = [arm for arm in source.arms("handlers/effects.py", "perform") if arm.takes == name]
    return [
        f"### {name}",
        told(action),
        table(
            ("", ""),
            [
                ("Carries", _fields(action)),
                ("Business key", _key(action, "key")),
                ("Decided in", _modules(source.makers(name, "decisions", "handlers"))),
                ("Performed by", _performed(arms)),
                *(_worked(name) if issubclass(action, Work) else []),
            ],
        ),
    ]


def _transition(arm: source.Arm) -> str:
    call = arm.calls[0]
    module, _, function = call.rpartition(".")
    said = source.docstring(call, "decisions") or "nothing follows"
    where = f"`{module}.{function}`: " if module else ""
    when = "" if arm.pattern == f"{arm.takes}()" else f"`{arm.pattern}` → "
    return f"{when}{where}{sentence(said)}"


def _performed(arms: list[source.Arm]) -> str:
    calls = [call for arm in arms for call in arm.calls if "." in call]
    return ", then ".join(f"`{call.removeprefix('ports.')}`" for call in calls)


def _worked(name: str) -> list[tuple[str, str]]:
    """What is heavy is done when its message on the queue `work` is handed over."""
    arms = [arm for arm in source.arms("handlers/work.py", "work") if arm.takes == name]
    calls = [call for arm in arms for call in arm.calls if not call.startswith("ports.")]
    said = [source.docstring(call if "." in call else f"work.{call}", "handlers") for call in calls]
    return [("Done on the queue `work`", "<br>".join(sentence(one) for one in said))]


def _fields(kind: type[msgspec.Struct]) -> str:
    fields = [one for one in msgspec.structs.fields(kind) if one.name != "model"]
    return ", ".join(["`model`", *(f"`{one.name}`" for one in fields)])


def _key(kind: type[Any], name: str) -> str:
    """The key as the property makes it, with the fields that it is made of."""
    found = getattr(kind, name)
    said = sentence(told(found))
    return f"`{source.returned(found.fget)}`, {said[0].lower()}{said[1:]}"


def _modules(found: list[str]) -> str:
    return ", ".join(f"[`{module}`](../../{module})" for module in found)


def _link(name: str) -> str:
    anchor = re.sub(r"\W", "", name).lower()
    return f"[`{name}`](#{anchor})"
