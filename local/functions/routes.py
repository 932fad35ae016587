"""Route templates of HTTP triggers, in the notation of ASP.NET: `models/{name}/{version:int?}`.

A parameter may be constrained (`int`, `alpha`, `guid`) or optional (`?`, at the end), and the last
may catch the rest of the path (`{*path}`). Literals match in any case.
"""

import re
from urllib.parse import unquote

_PARAMETER = re.compile(r"\{(\*?)([A-Za-z_]\w*)(?::(\w+))?(\??)\}")
_CONSTRAINTS = {
    None: r"[^/]+",
    "int": r"-?\d+",
    "alpha": r"[A-Za-z]+",
    "guid": r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}",
}


class Template:
    """A compiled route template."""

    def __init__(self, template: str) -> None:
        """Compile it. Raises ValueError for what is not supported."""
        segments = [segment for segment in template.strip("/").split("/") if segment]
        pattern = "".join(_segment(segment, template) for segment in segments)
        self._pattern = re.compile(pattern, re.IGNORECASE | re.ASCII)
        self.literals = sum(not _PARAMETER.search(segment) for segment in segments)

    def match(self, path: str) -> dict[str, str] | None:
        """The parameters of an undecoded path, or None when the path is another."""
        found = self._pattern.fullmatch("/" + path.strip("/") if path.strip("/") else "")
        if found is None:
            return None
        return {name: unquote(value) for name, value in found.groupdict().items() if value}


def _segment(segment: str, template: str) -> str:
    parameter = _PARAMETER.fullmatch(segment)
    if parameter is None:
        return "/" + _mixed(segment, template)
    rest, name, constraint, optional = parameter.groups()
    if rest:
        return f"(?:/(?P<{name}>.*))?"
    group = f"/(?P<{name}>{_expression(constraint, template)})"
    return f"(?:{group})?" if optional else group


def _mixed(segment: str, template: str) -> str:
    """A segment of literals with parameters among them, such as `v{version:int}`."""
    pattern, end = "", 0
    for parameter in _PARAMETER.finditer(segment):
        literal = segment[end : parameter.start()]
        constraint = _expression(parameter[3], template)
        pattern += f"{_literal(literal, template)}(?P<{parameter[2]}>{constraint})"
        end = parameter.end()
    return pattern + _literal(segment[end:], template)


def _literal(text: str, template: str) -> str:
    if "{" in text or "}" in text:
        raise ValueError(f"the route template {template!r} has a parameter that is not understood")
    return re.escape(text)


def _expression(constraint: str | None, template: str) -> str:
    if constraint not in _CONSTRAINTS:
        known = ", ".join(name for name in _CONSTRAINTS if name)
        raise ValueError(
            f"the route template {template!r} has the constraint {constraint!r}; known are {known}"
        )
    return _CONSTRAINTS[constraint]
