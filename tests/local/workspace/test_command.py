import subprocess

import pytest

from local.cloud.errors import Refused
from local.cloud.workspace.command import render


def shell(command: str, inputs: dict[str, str], outputs: dict[str, str]) -> str:
    line, variables = render(command, inputs, outputs)
    return subprocess.run(
        ["/bin/sh", "-c", line], env=variables, capture_output=True, text=True, check=True
    ).stdout


def test_places_are_filled_with_inputs_and_outputs():
    said = shell("echo ${{inputs.a}} ${{ outputs.a }}", {"a": "one"}, {"a": "two"})
    assert said == "one two\n"


@pytest.mark.parametrize("value", ["$(echo no)", "`echo no`", "x; echo no", '"; echo no; "'])
def test_a_value_is_never_run_by_the_shell(value: str):
    assert shell('printf %s "${{inputs.a}}"', {"a": value}, {}) == value


def test_an_optional_part_without_its_input_is_left_out():
    command = "echo a$[[ --rate ${{inputs.rate}}]]"
    assert shell(command, {}, {}) == "a\n"
    assert shell(command, {"rate": "2"}, {}) == "a --rate 2\n"


def test_a_place_that_is_not_declared_is_refused():
    with pytest.raises(Refused, match=r"inputs\.a"):
        render("echo ${{inputs.a}}", {}, {})
