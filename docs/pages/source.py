"""What the code itself says of who makes what and who answers it, read without running it."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Arm:
    """One arm of a `match`: the class that it takes, as written, and what it calls."""

    takes: str
    pattern: str
    calls: tuple[str, ...]


@cache
def parsed(module: str) -> ast.Module:
    """The syntax tree of a module by its path below the root."""
    return ast.parse((ROOT / module).read_text(encoding="utf-8"))


def modules(*packages: str) -> list[str]:
    """The paths of all modules of some packages, in order."""
    found = (path for package in packages for path in (ROOT / package).rglob("*.py"))
    return sorted(path.relative_to(ROOT).as_posix() for path in found)


def makers(name: str, *packages: str) -> list[str]:
    """The modules that make a value of a class."""
    return [module for module in modules(*packages) if name in _called(module)]


def arms(module: str, function: str) -> Iterator[Arm]:
    """The arms of a function's `match`, one for each class that an arm takes."""
    for node in ast.walk(functions(module)[function]):
        if isinstance(node, ast.match_case):
            calls = tuple(name for statement in node.body for name in _calls(statement))
            guard = f" if {ast.unparse(node.guard)}" if node.guard else ""
            for case in _cases(node.pattern):
                yield Arm(ast.unparse(case.cls), ast.unparse(case) + guard, calls)


def functions(module: str) -> dict[str, ast.FunctionDef]:
    """The functions of a module by name; none where there is no such module."""
    if not (ROOT / module).is_file():
        return {}
    return {node.name: node for node in parsed(module).body if isinstance(node, ast.FunctionDef)}


def docstring(call: str, package: str) -> str:
    """What the function behind `module.function` of a package says of itself, or ''."""
    module, _, function = call.rpartition(".")
    found = functions(f"{package}/{module}.py").get(function)
    return (ast.get_docstring(found) if found else None) or ""


def reached(module: str, function: str) -> set[str]:
    """The names that a function calls, itself or through functions of its own package."""
    found: set[str] = set()
    seen, waiting = set(), [(module, function)]
    while waiting:
        where, name = waiting.pop()
        seen.add((where, name))
        for call in _calls(functions(where)[name]):
            target, _, called = call.rpartition(".")
            found.add(called)
            path = f"{Path(where).parent}/{target}.py" if target else where
            if called in functions(path) and (path, called) not in seen:
                waiting.append((path, called))
    return found


def returned(method: Callable[..., str]) -> str:
    """The text that a method gives, with the names of the fields that it is made of."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(method)))
    (found,) = (node for node in ast.walk(tree) if isinstance(node, ast.Return))
    match found.value:
        case ast.JoinedStr(values=parts):
            return "".join(_part(part) for part in parts)
        case ast.Call(func=ast.Name(id="str"), args=[argument]):
            return _part(argument)
        case ast.expr() as value:
            return _part(value)
        case None:
            raise ValueError(f"{method.__qualname__} gives nothing")


def _part(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=text):
            return str(text)
        case ast.FormattedValue(value=value):
            return _part(value)
        case _:
            return f"‹{ast.unparse(node).replace('self.', '')}›"


def _cases(pattern: ast.pattern) -> Iterator[ast.MatchClass]:
    if isinstance(pattern, ast.MatchClass):
        yield pattern
    for inside in getattr(pattern, "patterns", []):
        yield from _cases(inside)


def _calls(node: ast.AST) -> list[str]:
    """What is called inside a node, in the order of the text."""
    found = [one.func for one in ast.walk(node) if isinstance(one, ast.Call)]
    return [ast.unparse(one) for one in found if isinstance(one, ast.Name | ast.Attribute)]


@cache
def _called(module: str) -> set[str]:
    return {call.rpartition(".")[2] for call in _calls(parsed(module))}
