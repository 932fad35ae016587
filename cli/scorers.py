"""The model that a person means: a file or folder of this machine, or a registered one."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from cli.output import MISCONFIGURED, fail
from cli.services import connect
from decisions.actions import Version
from decisions.errors import Misconfigured, Missing, RatchetError
from decisions.facts import RegisteredFacts
from drift.report.words import shorten

if TYPE_CHECKING:
    from decisions.ports import Ports
    from scoring.sessions import Model

_NAME = re.compile(r"(?P<model>[A-Za-z0-9][\w.-]*)(:(?P<version>\w+))?")


def scorer(what: str, settings: Path | None) -> "Model":
    """The model, which was admitted; ends with a sentence where there is none to be trusted."""
    from scoring.errors import ScoringError

    path = Path(what)
    try:
        return _examined(path) if path.exists() else _registered(what, settings)
    except ScoringError as error:
        fail(f"{what}: {error}")


def _examined(path: Path) -> "Model":
    """A model that nobody has admitted yet: it is examined first, as before it is registered."""
    from scoring.admission.admit import admit
    from scoring.admission.verdict import Refusal
    from scoring.sessions import load_model

    try:
        verdict = admit(path)
    except (OSError, RuntimeError) as error:
        fail(f"{path}: {error}", MISCONFIGURED)
    if isinstance(verdict, Refusal):
        fail(f"{path}: refused ({verdict.code}): {shorten(verdict.sentence, 600)}")
    return load_model(path / "model.onnx" if path.is_dir() else path, verdict.sha256)


def _registered(what: str, settings: Path | None) -> "Model":
    """The version of a number, or the one that is live, or else the best of all."""
    from scoring.sessions import load_model

    named = _NAME.fullmatch(what)
    if named is None:
        fail(f"{what}: there is no such file or folder", MISCONFIGURED)
    try:
        ports = connect(settings)
        run, sha256 = _version(named["model"], named["version"], ports)
        content = ports.blobs.read("runs", f"{run}/model/model.onnx")
    except Misconfigured as error:
        sentence = f"{what}: there is no such file or folder, and no registry is connected: {error}"
        fail(sentence, MISCONFIGURED)
    except RatchetError as error:
        fail(str(error))
    return load_model(content, sha256)


def _version(name: str, version: str | None, ports: "Ports") -> tuple[str, str]:
    """The run and the digest of a version. Raises Missing."""
    found: Version | RegisteredFacts | None = None
    if name in ports.policies and version:
        found = ports.registry.find(name, version)
    elif name in ports.policies:
        state = ports.models.load(name).state
        found = state.live.version if state.live else state.champion
    if found is None or not (found.run and found.sha256):
        wanted = f"version {version} of {name}" if version else f"a version of {name}"
        raise Missing(f"{wanted} is neither a file here nor registered by Ratchet")
    return found.run, found.sha256
