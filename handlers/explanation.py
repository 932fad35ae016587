"""From what serves back to what it was made of: version, gate, run, manifest, blobs with ETags."""

import re
from typing import Any

import msgspec
from msgspec import Struct

from decisions.errors import Missing, Rejected
from decisions.ports import Entry, Ports

_DEPLOYMENT = re.compile(r"v(?P<version>\w+)-(?P<sha>[0-9a-f]{8})")
_WHOLE_LEDGER = 100_000


class File(Struct, frozen=True, kw_only=True):
    """A blob that the run read, as its manifest names it."""

    url: str
    etag: str
    size: int


class Explanation(Struct, frozen=True, kw_only=True):
    """The way back from a version; `comparison` is what the gate decided on."""

    model: str
    version: str
    live: bool
    run: str
    sha256: str | None
    verdict: str
    comparison: dict[str, Any]
    causes: list[str]
    data_version: str
    files: list[File]
    story: list[Entry]


def explain(what: str, ports: Ports) -> Explanation:
    """Explain a deployment (`v2-3f9a1c20`), a version (`digits:2`) or a model's live version.

    Raises Missing when nothing of that name is known.
    """
    model, version = _find(what, ports)
    registered = ports.registry.find(model, version)
    if registered is None or registered.run is None:
        raise Missing(f"version {version} of {model} was not registered by Ratchet")
    run = registered.run
    ledger = list(ports.models.ledger(model, _WHOLE_LEDGER))[::-1]
    attempt = int(run.split("-")[-2])
    submitted = _entry(ledger, f"manifest/{attempt}")
    verdict = _entry(ledger, f"evaluated/{run}")
    digest = str(submitted.numbers["data_version"])
    live = ports.models.load(model).state.live
    return Explanation(
        model=model,
        version=version,
        live=live is not None and live.version.version == version,
        run=run,
        sha256=registered.sha256,
        verdict=verdict.sentence,
        comparison=verdict.numbers,
        causes=_causes(ledger, attempt),
        data_version=digest,
        files=_files(model, digest, ports),
        story=[one for one in ledger if _concerns(one, run, attempt, version)],
    )


def _find(what: str, ports: Ports) -> tuple[str, str]:
    """The model and version that somebody means. Raises Rejected when it may be several."""
    named, _, version = what.partition(":")
    if named in ports.policies and version:
        return named, version
    meant = {model: _meant(what, model, ports) for model in ports.policies}
    found = [(model, version) for model, version in meant.items() if version]
    if len(found) > 1:
        forms = " or ".join(":".join(one) for one in found)
        raise Rejected(f"several models have a deployment {what}: give {forms}")
    if not found:
        raise Missing(
            f"no deployment, version or model {what!r} is known: give v2-3f9a1c20, model:2, or a "
            f"model that is live ({', '.join(ports.policies)})"
        )
    return found[0]


def _meant(what: str, model: str, ports: Ports) -> str | None:
    """The version of a model that somebody means, if it is one of this model."""
    live = ports.models.load(model).state.live
    if live and what in {model, live.deployment.name}:
        return live.version.version
    match = _DEPLOYMENT.fullmatch(what)
    known = ports.registry.find(model, match["version"]) if match else None
    of_model = match and known and (known.sha256 or "").startswith(match["sha"])
    return match["version"] if match and of_model else None


def _entry(ledger: list[Entry], cause: str) -> Entry:
    """The last entry that answers a cause, or one below it."""
    found = [one for one in ledger if f"{one.cause}/".startswith(f"{cause}/")]
    if not found:
        raise Missing(f"the ledger has no entry about {cause}")
    return found[-1]


def _causes(ledger: list[Entry], attempt: int) -> list[str]:
    begun = [one for one in ledger if one.numbers.get("attempt") == attempt]
    return list(begun[-1].numbers["causes"]) if begun else []


def _files(model: str, digest: str, ports: Ports) -> list[File]:
    content = ports.blobs.read("manifests", f"{model}/{digest}.json")
    try:
        return msgspec.convert(msgspec.json.decode(content)["files"], list[File])
    except (msgspec.DecodeError, msgspec.ValidationError, KeyError) as error:
        raise Rejected(f"manifest {digest} cannot be read: {error}") from error


def _concerns(entry: Entry, run: str, attempt: int, version: str) -> bool:
    """Whether an entry is about how a version came about; what it scored later is not."""
    if "batch" in entry.numbers:
        return False
    return (
        run in entry.cause
        or entry.cause in {f"manifest/{attempt}", f"registered/{version}"}
        or entry.numbers.get("attempt") == attempt
        or entry.numbers.get("version") == version
    )
