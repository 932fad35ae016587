"""What lies about the code: locks, host.json, examples in docstrings, links between documents."""

import doctest
import importlib
import json
import re
import tomllib
from typing import Any

import jsonschema
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from docs.pages.source import ROOT
from tests.project.tree import deployed, text, tracked

LOCKED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)", re.MULTILINE)


def locked(name: str) -> set[tuple[str, str]]:
    """What a lock pins: names with versions."""
    return {(found["name"], found["version"]) for found in LOCKED.finditer(text(name))}


def declared() -> set[str]:
    """The distributions that pyproject.toml says are deployed."""
    project: dict[str, Any] = tomllib.loads(text("pyproject.toml"))["project"]
    return {canonicalize_name(Requirement(one).name) for one in project["dependencies"]}


def test_host_json_is_what_the_functions_host_accepts():
    schema = json.loads(text("tests/specs/functions-host/host.schema.json"))
    jsonschema.validate(json.loads(text("host.json")), schema)


def test_host_json_with_an_unknown_setting_is_refused():
    schema = json.loads(text("tests/specs/functions-host/host.schema.json"))
    host = json.loads(text("host.json"))
    host["extensions"]["serviceBus"]["maxConcurrentCalls"] = "many"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(host, schema)


def test_what_is_deployed_is_pinned_as_it_was_tested():
    assert locked("requirements.txt") <= locked("requirements-dev.txt")
    assert declared() <= {name for name, _ in locked("requirements.txt")}


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_every_pin_has_hashes_and_the_lock_names_no_index(lock: str):
    pins = re.split(r"^(?=[A-Za-z0-9])", text(lock), flags=re.MULTILINE)[1:]
    assert [pin for pin in pins if "--hash=sha256:" not in pin] == []
    assert re.findall(r"index-url|https?://", text(lock).replace("--no-emit-index-url", "")) == []


@pytest.mark.parametrize("lock", [one for one in tracked() if one.endswith("package-lock.json")])
def test_node_packages_are_locked_by_hash_and_not_by_address(lock: str):
    listed = json.loads(text(lock))["packages"]
    packages = {name: one for name, one in listed.items() if "node_modules/" in name}
    assert packages
    assert [name for name, one in packages.items() if "://" in one.get("resolved", "")] == []
    assert [
        name for name, one in packages.items() if not one.get("integrity", one.get("link"))
    ] == []


@pytest.mark.parametrize("name", [one for one in deployed() if ">>> " in text(one)])
def test_examples_in_docstrings_are_true(name: str):
    module = importlib.import_module(name.removesuffix(".py").replace("/", "."))
    found = doctest.testmod(module)
    assert found.attempted
    assert found.failed == 0


@pytest.mark.parametrize("page", [one for one in tracked() if one.endswith(".md")])
def test_links_between_documents_lead_somewhere(page: str):
    targets = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", text(page))
    folder = (ROOT / page).parent
    assert [one for one in targets if not (folder / one).exists()] == []
