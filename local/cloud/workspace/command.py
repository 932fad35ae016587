"""A component's command line as a shell can run it, with no value ever parsed by the shell.

Azure ML puts values into the text of the command. Here each becomes a shell variable, which a
shell expands without parsing it again: a manifest called `$(rm -rf ~)` stays a name.
"""

import re
from collections.abc import Mapping

from local.cloud.workspace.errors import wrong

_PLACE = re.compile(r"\$\{\{\s*(?P<side>inputs|outputs)\.(?P<name>\w+)\s*\}\}")
_OPTIONAL = re.compile(r"\$\[\[(?P<part>.*?)\]\]", re.DOTALL)


def render(
    command: str, inputs: Mapping[str, str], outputs: Mapping[str, str]
) -> tuple[str, dict[str, str]]:
    """The line to run and the variables to run it with.

    >>> render('python a.py --x "${{inputs.x}}" $[[--y ${{inputs.y}}]]', {"x": "1"}, {})
    ('python a.py --x "${AZURE_ML_INPUT_x}" ', {'AZURE_ML_INPUT_x': '1'})
    """
    values = {("inputs", name): value for name, value in inputs.items()}
    values |= {("outputs", name): value for name, value in outputs.items()}
    used: dict[str, str] = {}

    def variable(place: re.Match[str]) -> str:
        key = (place["side"], place["name"])
        if key not in values:
            raise wrong(f"The command uses {place.group()}, which the component does not declare.")
        name = f"AZURE_ML_{key[0][:-1].upper()}_{key[1]}"
        used[name] = values[key]
        return "${" + name + "}"

    def given(part: re.Match[str]) -> str:
        places = _PLACE.finditer(part["part"])
        return part["part"] if all((p["side"], p["name"]) in values for p in places) else ""

    return _PLACE.sub(variable, _OPTIONAL.sub(given, command)), used
