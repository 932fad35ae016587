"""From a pipeline job to steps: pure, so that every binding can be tested without a process.

A job holds nodes; a node names a component; a pipeline component holds nodes again. Flattened,
what remains are command components, each with its inputs as text or as the address of a folder
and its outputs as addresses of folders, in an order in which each finds what it needs.
"""

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from local.cloud.workspace.errors import wrong

Spec = Mapping[str, Any]

_BINDING = re.compile(r"\$\{\{\s*parent\.(?P<path>[\w.]+)\s*\}\}")
_LITERALS = frozenset({"string", "number", "integer", "boolean"})
_UNBOUND = "azureml://datastores/workspaceblobstore/paths/azureml/{run}/{output}"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One command component to be run.

    `folders` maps inputs to the addresses of what they read, `outputs` to those of what they write.
    """

    name: str
    run: str
    command: str
    code: str
    literals: Mapping[str, str]
    folders: Mapping[str, str]
    outputs: Mapping[str, str]


def plan(job: str, properties: Spec, component: Callable[[str], Spec]) -> list[Step]:
    """The steps of a job; `component` gives the spec that an ARM id stands for.

    Raises Refused, naming the node, for what this workspace cannot run.
    """
    given = {name: _given(value) for name, value in (properties.get("inputs") or {}).items()}
    outputs = {
        name: value["uri"]
        for name, value in (properties.get("outputs") or {}).items()
        if value.get("uri")
    }
    whole = properties.get("componentId")
    nodes = component(whole)["jobs"] if whole else properties.get("jobs") or {}
    return _Group(job, "", component).steps(nodes, given, outputs)


def step_run(job: str, step: str) -> str:
    """The id of a step's run: the same at every start, so that a restarted job knows its own."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{job}/{step}"))


@dataclass(frozen=True)
class _Group:
    """The nodes of one pipeline, as part of one job."""

    job: str
    path: str
    component: Callable[[str], Spec]

    def steps(
        self, nodes: Spec, inputs: Mapping[str, str], outputs: Mapping[str, str]
    ) -> list[Step]:
        """The steps of these nodes, given the pipeline's own inputs and outputs."""
        specs = {name: self._spec(name, node) for name, node in nodes.items()}
        known = {f"inputs.{name}": value for name, value in inputs.items()}
        known |= {f"outputs.{name}": value for name, value in outputs.items()}
        written = {name: self._outputs(name, nodes[name], specs[name], known) for name in nodes}
        for name, places in written.items():
            known |= {f"jobs.{name}.outputs.{output}": uri for output, uri in places.items()}
        steps: list[Step] = []
        for name in self._order(nodes):
            read = self._inputs(name, nodes[name], specs[name], known)
            steps += self._expand(name, specs[name], read, written[name])
        return steps

    def _spec(self, name: str, node: Spec) -> Spec:
        if not node.get("componentId"):
            raise wrong(f"The node {self.path}{name} names no component.")
        return self.component(node["componentId"])

    def _order(self, nodes: Spec) -> list[str]:
        needs = {
            name: {
                path.split(".")[1]
                for value in (node.get("inputs") or {}).values()
                for path in _BINDING.findall(str(value.get("value", "")))
                if path.startswith("jobs.")
            }
            for name, node in nodes.items()
        }
        try:
            return list(TopologicalSorter(needs).static_order())
        except CycleError as cycle:
            raise wrong(f"The nodes {', '.join(cycle.args[1])} need each other.") from None

    def _outputs(
        self, name: str, node: Spec, spec: Spec, known: Mapping[str, str]
    ) -> dict[str, str]:
        bound = node.get("outputs") or {}
        run = step_run(self.job, self.path + name)
        places = {}
        for output, port in (spec.get("outputs") or {}).items():
            self._folder(name, output, port)
            unbound = _UNBOUND.format(run=run, output=output)
            text = _given(bound[output]) if output in bound else unbound
            # A pipeline's output that nobody has placed is where its step would put it.
            places[output] = self._resolved(name, text, known, unbound)
        return places

    def _inputs(
        self, name: str, node: Spec, spec: Spec, known: Mapping[str, str]
    ) -> dict[str, str]:
        bound = node.get("inputs") or {}
        values = {}
        for given, port in (spec.get("inputs") or {}).items():
            if given in bound:
                values[given] = self._resolved(name, _given(bound[given]), known)
            elif "default" in port:
                values[given] = str(port["default"])
            elif not port.get("optional"):
                raise wrong(f"The node {self.path}{name} is not given its input {given}.")
        return values

    def _expand(
        self, name: str, spec: Spec, inputs: dict[str, str], outputs: dict[str, str]
    ) -> list[Step]:
        if spec["type"] == "pipeline":
            return _Group(self.job, f"{self.path}{name}.", self.component).steps(
                spec["jobs"], inputs, outputs
            )
        if spec["type"] != "command":
            raise wrong(f"The node {self.path}{name} is a {spec['type']}; only commands run here.")
        ports = spec.get("inputs") or {}
        literals = {key for key in inputs if ports[key]["type"] in _LITERALS}
        for key in inputs.keys() - literals:
            self._folder(name, key, ports[key])
        return [
            Step(
                name=self.path + name,
                run=step_run(self.job, self.path + name),
                command=spec["command"],
                code=spec["code"],
                literals={key: value for key, value in inputs.items() if key in literals},
                folders={key: value for key, value in inputs.items() if key not in literals},
                outputs=outputs,
            )
        ]

    def _folder(self, node: str, port: str, spec: Spec) -> None:
        if spec["type"] != "uri_folder":
            raise wrong(
                f"{port} of the node {self.path}{node} is a {spec['type']}; here data is passed as "
                "uri_folder."
            )

    def _resolved(
        self, node: str, text: str, known: Mapping[str, str], otherwise: str | None = None
    ) -> str:
        match = _BINDING.fullmatch(text.strip())
        if match is None:
            return text
        value = known.get(match["path"], otherwise)
        if value is None:
            raise wrong(f"The node {self.path}{node} is bound to {text}, which is nowhere given.")
        return value


def _given(port: Spec) -> str:
    """What an input or output holds: a literal value, a binding, or an address."""
    return str(port.get("value") if port.get("value") is not None else port.get("uri") or "")
