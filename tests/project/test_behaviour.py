"""No event, action or port without an answer, an adapter and a test."""

import importlib
import inspect
import re
from types import ModuleType
from typing import Any, get_args

import pytest

from decisions import ports
from decisions.actions import Action, AnyAction, AnyWork, Work
from decisions.events import AnyEvent, Event
from docs.pages import source
from docs.pages.source import modules
from tests.project.tree import names_in, text, texts_in

BEHAVIOURS = sorted(one.__name__ for one in (*get_args(AnyEvent), *get_args(AnyAction)))
TESTS = [name for name in modules("tests") if not name.startswith("tests/project/")]
PORTS = {
    name: member.fget.__annotations__["return"]
    for name, member in vars(ports.Ports).items()
    if isinstance(member, property)
    and member.fget
    and getattr(member.fget.__annotations__["return"], "_is_protocol", False)
}


def concrete(kind: type[Any]) -> set[str]:
    """The names of all classes below one from which none derives."""
    below = kind.__subclasses__()
    return {one for child in below for one in concrete(child)} or {kind.__name__}


def answered(module: str, function: str) -> set[str]:
    """What the `match` of a function has an arm for."""
    return {arm.takes for arm in source.arms(module, function)}


@pytest.mark.parametrize(
    ("base", "union"), [(Event, AnyEvent), (Action, AnyAction), (Work, AnyWork)]
)
def test_every_kind_can_travel_on_its_queue(base: type[Any], union: Any):
    assert concrete(base) == {one.__name__ for one in get_args(union)}


def test_every_event_has_a_transition():
    assert answered("decisions/decide.py", "_answer") == concrete(Event)


def test_every_action_has_an_effect():
    assert answered("handlers/effects.py", "perform") == concrete(Action)


def test_every_piece_of_work_is_done():
    assert answered("handlers/work.py", "work") == concrete(Work)


def test_every_event_and_action_appears_in_a_test_of_behaviour():
    tested = {name for module in TESTS for name in names_in(module) | texts_in(module)}
    assert [name for name in BEHAVIOURS if name not in tested] == []


def adapters_of(port: type[Any], names: list[str]) -> dict[str, type[Any]]:
    """The classes of modules whose docstring says that they are adapters of a port."""
    found: dict[str, type[Any]] = {}
    for name in names:
        loaded = importlib.import_module(name.removesuffix(".py").replace("/", "."))
        found |= {
            one.__name__: one
            for one in _own_classes(loaded)
            if re.match(rf"Port `{port.__name__}`", inspect.getdoc(one) or "")
        }
    return found


def _own_classes(loaded: ModuleType) -> list[type[Any]]:
    classes = (one for _, one in inspect.getmembers(loaded, inspect.isclass))
    return [one for one in classes if one.__module__ == loaded.__name__]


def methods(kind: type[Any]) -> dict[str, list[str]]:
    """The public methods of a class with the names of their parameters."""
    found = inspect.getmembers(kind, inspect.isfunction)
    return {
        name: list(inspect.signature(method).parameters)
        for name, method in found
        if not name.startswith("_")
    }


MEMORY = modules("adapters/memory")
OUTSIDE = [
    name
    for name in modules("adapters")
    if name not in MEMORY and "Port `" in text(name) and not name.endswith("__init__.py")
]


def test_there_are_ports_to_look_at():
    assert len(PORTS) > 10


@pytest.mark.parametrize("side", ["memory", "outside"])
@pytest.mark.parametrize("port", PORTS.values(), ids=PORTS.keys())
def test_every_port_has_an_adapter_with_its_methods(port: type[Any], side: str):
    found = adapters_of(port, MEMORY if side == "memory" else OUTSIDE)
    assert found, f"no adapter of {port.__name__} says so in its docstring"
    for adapter in found.values():
        assert methods(port).items() <= methods(adapter).items(), adapter


@pytest.mark.parametrize("name", PORTS)
def test_every_port_has_a_contract_that_both_of_its_adapters_keep(name: str):
    contract = f"tests/contracts/test_{name}.py"
    used = names_in(contract) | names_in("tests/contracts/queues.py")
    port = PORTS[name]
    assert used & adapters_of(port, MEMORY).keys(), "no adapter in memory"
    assert used & adapters_of(port, OUTSIDE).keys(), "no real adapter"
