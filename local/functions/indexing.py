"""From a `function_app.py` to its functions, through what the decorators themselves recorded."""

import importlib.util
import inspect
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Any

import azure.functions as func
from azure.functions.meta import get_binding_registry

FILE = "function_app.py"
_CONTEXT = "context"  # The parameter through which a function asks for its func.Context.


class Kind(StrEnum):
    """The triggers that this host serves."""

    HTTP = "httpTrigger"
    EVENT_GRID = "eventGridTrigger"
    SERVICE_BUS = "serviceBusTrigger"
    TIMER = "timerTrigger"


@dataclass(frozen=True, slots=True)
class Function:
    """One function of the app: what runs it and what it is."""

    name: str
    call: Callable[..., Any]
    bindings: list[dict[str, Any]]
    trigger: dict[str, Any]
    wants_context: bool
    errors: list[str] = field(default_factory=list)

    @property
    def kind(self) -> Kind:
        """The type of its trigger."""
        return Kind(self.trigger["type"])


def index(folder: Path) -> list[Function]:
    """The functions of the app in the folder. Whatever its code raises, this raises."""
    module = _import(folder / FILE)
    apps = [value for value in vars(module).values() if isinstance(value, func.FunctionApp)]
    if len(apps) != 1:
        raise ValueError(f"{FILE} must hold one func.FunctionApp at its top; it has {len(apps)}")
    return [_function(built) for built in apps[0].get_functions()]


def _import(path: Path) -> ModuleType:
    """Import the file as the worker does: by its bare name, from the app's folder."""
    sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise FileNotFoundError(f"there is no {FILE} in {path.parent}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def _function(built: Any) -> Function:
    name, call = built.get_function_name(), built.get_user_function()
    bindings = json.loads(built.get_function_json())["bindings"]
    trigger = next(binding for binding in bindings if binding["name"] == built.get_trigger().name)
    parameters = dict(inspect.signature(call).parameters)
    function = Function(name, call, bindings, trigger, _CONTEXT in parameters)
    _refuse_what_is_not_served(function)
    _check_parameters(function, parameters)
    return function


def _refuse_what_is_not_served(function: Function) -> None:
    for binding in function.bindings:
        served = binding["type"] in (*Kind, "http")
        batched = str(binding.get("cardinality")).lower() == "many"
        if not served or batched or "topicName" in binding:
            raise ValueError(
                f"function {function.name}: the binding {binding['name']} ({binding['type']}) is "
                f"not served by this host; served are {', '.join(Kind)}, one at a time"
            )


def _check_parameters(function: Function, parameters: dict[str, inspect.Parameter]) -> None:
    """What the worker checks: names against bindings, and the annotation of the trigger."""
    name = function.trigger["name"]
    expected = {name, _CONTEXT} if function.wants_context else {name}
    if set(parameters) != expected:
        raise ValueError(
            f"function {function.name} has the parameters {sorted(parameters)}, but its bindings "
            f"say {sorted(expected)}"
        )
    annotation = parameters[name].annotation
    if not isinstance(annotation, type) or annotation is inspect.Parameter.empty:
        return
    if not get_binding_registry().get(function.kind).check_input_type_annotation(annotation):
        raise ValueError(
            f"function {function.name}: the type of {name} ({annotation.__name__}) does not "
            f"match its {function.kind}"
        )
