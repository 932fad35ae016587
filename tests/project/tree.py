"""The project itself, as the tests of the project read it."""

import ast
from subprocess import run

from docs.pages.source import ROOT, modules, parsed

PACKAGES = ("adapters", "decisions", "drift", "handlers", "scoring", "tabular", "wiring")
"""What is deployed, beside function_app.py."""


def tracked() -> list[str]:
    """Every file that git keeps, by its path below the root."""
    listed = run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def text(name: str) -> str:
    """A file's text; what is no text gives none of it."""
    return (ROOT / name).read_text(encoding="utf-8", errors="ignore")


def deployed() -> list[str]:
    """The Python files that are deployed."""
    return ["function_app.py", *modules(*PACKAGES)]


def names_in(name: str) -> set[str]:
    """Every name and attribute that a file's code uses."""
    found = set()
    for node in ast.walk(parsed(name)):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
    return found


def texts_in(name: str) -> set[str]:
    """Every text constant in a file's code that is no docstring."""
    tree = parsed(name)
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told
    }
