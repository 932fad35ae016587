"""The page about the command line, from its own help."""

from collections.abc import Iterator
from typing import Any

import typer.main
from typer.core import TyperCommand

from cli.main import app
from docs.pages.markdown import code, document, sentence, table


def page() -> str:
    """Every command with its arguments and options."""
    found = dict(commands())
    rows = [(f"[`{name}`](#{_anchor(name)})", f"{_first(one)}.") for name, one in found.items()]
    return document(
        "The command line",
        "`--help` on every command says the same. Errors are one sentence on standard error; the "
        "exit code is 0 when it was done, 1 when it was not, 2 when the configuration or the call "
        "is wrong.",
        table(("Command", "What it does"), rows),
        *(block for name, one in found.items() for block in _blocks(name, one)),
    )


def commands() -> Iterator[tuple[str, TyperCommand]]:
    """Every command that does something, by its whole name."""
    yield from _below("ratchet", typer.main.get_command(app))


def _below(name: str, command: Any) -> Iterator[tuple[str, TyperCommand]]:
    if not hasattr(command, "commands"):
        yield name, command
        return
    for one, inside in command.commands.items():
        yield from _below(f"{name} {one}", inside)


def _blocks(name: str, command: TyperCommand) -> list[str]:
    rows = [(f"`{_spelt(one)}`", _meaning(one)) for one in command.params]
    parameters = [table(("Given", "Meaning"), rows)] if rows else []
    return [f"## `{name}`", command.help or "", code(_usage(name, command), "text"), *parameters]


def _usage(name: str, command: TyperCommand) -> str:
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    words = [_spelt(one) if one.required else f"[{_spelt(one)}]" for one in arguments]
    options = ["[OPTIONS]"] if len(arguments) < len(command.params) else []
    return " ".join([name, *words, *options])


def _spelt(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return str(parameter.name).upper() + ("…" if parameter.nargs == -1 else "")
    if parameter.is_flag:
        return ", ".join(parameter.opts)
    return f"{', '.join(parameter.opts)} {parameter.type_descriptor.annotation.__name__.upper()}"


def _meaning(parameter: Any) -> str:
    shown = parameter.default not in (None, False) and not callable(parameter.default)
    default = f" (`{parameter.default}` unless given)" if shown else ""
    return f"{parameter.help or ''}{default}"


def _first(command: TyperCommand) -> str:
    return sentence(command.help or "")


def _anchor(name: str) -> str:
    return name.replace(" ", "-")
