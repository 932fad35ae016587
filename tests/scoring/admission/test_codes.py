"""Every code of a refusal stands in the document, and in a test."""

import ast
import re
from collections.abc import Iterator

import pytest

from docs.pages.source import modules, parsed
from scoring.admission.graph import IR_VERSIONS, OPSETS
from scoring.admission.seccomp import _ALLOWED, _CONDITIONAL
from scoring.admission.verdict import MEBIBYTE, Limits
from tests.project.tree import text, texts_in

PAGE = text("docs/admission.md")
WRITERS = [*modules("scoring/admission"), "scoring/signature.py"]
TESTS = [*modules("tests/scoring/admission"), "tests/adapters/test_examiner.py"]


def raised(module: str) -> Iterator[str]:
    """The codes that a module gives to refusals."""
    for node in ast.walk(parsed(module)):
        if isinstance(node, ast.Call):
            yield from _codes(node)


def _codes(call: ast.Call) -> Iterator[str]:
    given: list[ast.expr] = [one.value for one in call.keywords if one.arg == "code"]
    match ast.unparse(call.func):
        case "Refused" | "_failed":
            given += call.args[:1]
        case "Unsuitable":
            given += call.args[1:2]
    constants = (node for each in given for node in ast.walk(each))
    for node in constants:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


# What the adapter says of a run without a model, and `Unsuitable` unless it is told otherwise.
CODES = {"no_model", "signature", *(code for module in WRITERS for code in raised(module))}


def test_there_are_codes_to_look_at():
    assert {"unconfined", "inputs", "memory", "smoke", "killed"} <= CODES


def test_document_has_every_code_with_a_reason_and_a_remedy_and_no_other():
    table = PAGE.partition("## Every code")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| `")]
    assert {row[0].strip("`") for row in rows} == CODES
    assert all(len(row) == 3 and all(row) for row in rows)


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_appears_in_a_test(code: str):
    said = {found for module in TESTS for found in texts_in(module)}
    assert any(re.search(rf"\b{code}\b", one) for one in said)


@pytest.mark.parametrize(
    "sentence",
    [
        f"at most {Limits().files:,}",
        f"at most {Limits().model_size // MEBIBYTE} MiB",
        f"{Limits().unpacked // MEBIBYTE} MiB and {Limits().ratio} times",
        f"graphs at most {Limits().depth} deep, at most {Limits().nodes:,} operators",
        f"of more than {Limits().tensor_size // MEBIBYTE} MiB",
        f"IR {IR_VERSIONS[0]} to {IR_VERSIONS[-1]}, opsets {OPSETS[''][0]} to {OPSETS[''][-1]}",
        f"the first {Limits().rows:,} of",
        f"{Limits().memory // (1024 * MEBIBYTE)} GiB of address space",
        f"{Limits().processor_time} s of the processor",
        f"{Limits().patience:g} s by the clock",
    ],
)
def test_document_names_the_limits_as_they_are(sentence: str):
    assert sentence in PAGE


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_document_tells_how_many_calls_are_allowed(machine: str):
    count = len(_ALLOWED[machine]) + len(_CONDITIONAL[machine])
    assert abs(count - 35) <= 3
    assert "about 35 calls" in PAGE
