"""A YAML document that remembers on which line each of its values stands."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from wiring.config.problems import Place, Problem, Problems

_SETTING = re.compile(r"\$\{(\w+)\}")


class _Loader(yaml.SafeLoader):
    """YAML 1.1 without its words for yes and no: `on:` is a name here, as YAML 1.2 has it."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile("true|false", re.IGNORECASE), list("tTfF")
)


class Document:
    """The values of a file as written, and with `${SETTING}` replaced by the setting's value."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        try:
            self._root = yaml.compose(text, Loader=_Loader)
            self.written = yaml.load(text, Loader=_Loader)  # noqa: S506 - It is a SafeLoader.
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            problem = Problem(line=line, place=(), found=None, expected=f"YAML: {error.problem}")
            raise Problems(path, [problem]) from error

    def names(self) -> set[str]:
        """The settings that the file names as `${NAME}`."""
        return {name for _, text in _texts(self.written, ()) for name in _SETTING.findall(text)}

    def filled(self, settings: Mapping[str, str]) -> Any:
        """The values with all settings filled in. Raises Problems naming what is not set."""
        missing = [
            Problem(
                line=self.line(place), place=place, found=text, expected=f"the setting {name}, set"
            )
            for place, text in _texts(self.written, ())
            for name in _SETTING.findall(text)
            if name not in settings
        ]
        if missing:
            raise Problems(self.path, missing)
        return _fill(self.written, settings)

    def line(self, place: Place) -> int:
        """The line on which a value's name stands, or that of the innermost thing around it."""
        node, line = self._root, 1
        for part in place:
            if isinstance(node, yaml.MappingNode):
                found = [pair for pair in node.value if pair[0].value == str(part)]
                key, node = found[-1] if found else (None, None)
                line = key.start_mark.line + 1 if key else line
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
                node = node.value[part] if part < len(node.value) else None
                line = node.start_mark.line + 1 if node else line
        return line

    def doubled(self) -> list[Problem]:
        """Every key that stands twice in its mapping: YAML would silently take the last."""
        return list(_doubled(self._root, ()))


def _texts(value: Any, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, inside in value.items():
            yield from _texts(inside, (*place, key))
    elif isinstance(value, list):
        for index, inside in enumerate(value):
            yield from _texts(inside, (*place, index))


def _fill(value: Any, settings: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _SETTING.sub(lambda match: settings[match[1]], value)
    if isinstance(value, dict):
        return {key: _fill(inside, settings) for key, inside in value.items()}
    if isinstance(value, list):
        return [_fill(inside, settings) for inside in value]
    return value


def _doubled(node: yaml.Node | None, place: Place) -> Iterator[Problem]:
    if isinstance(node, yaml.SequenceNode):
        for index, inside in enumerate(node.value):
            yield from _doubled(inside, (*place, index))
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, inside in node.value:
            here, line = (*place, key.value), key.start_mark.line + 1
            if key.value in seen:
                expected = f"each key once (it stands on line {seen[key.value]} too)"
                yield Problem(line=line, place=here, found=key.value, expected=expected)
            seen[key.value] = line
            yield from _doubled(inside, here)
