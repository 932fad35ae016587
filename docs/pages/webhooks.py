"""The page about webhooks: what is told, with which fields, and how to know that it is genuine."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from adapters.webhooks import signature
from decisions import delays, names
from docs.pages import receiver
from docs.pages.markdown import bullets, code, document, table

_INCIDENT = {
    "incident": "its id, from raised to cleared",
    "monitor": "who found it: `ratchet`, or the name of another monitor",
    "window": "the window that raised it",
    "features": "which columns, the first 20",
    "score": "the statistic of the most drifted column, or null",
    "threshold": "its limit, or null",
    "report": "the path of its page in the container `reports`, or null",
    "sentence": "what happened, and why",
}
_WINDOW = {
    "monitor": "`ratchet`",
    "version": "the version that is live",
    "sentence": "why",
    "report": "the path of the window's page in the container `reports`, or null",
}
_BATCH = {
    "batch": "its name: when its window ended",
    "outcome": "`published` or `failed`",
    "version": "the version that scored all of it",
    "start": "where its window begins",
    "end": "where its window ends",
    "began": "when it was begun",
    "seconds": "how long it took",
    "document": "container and path of its manifest, or of the document that says why it failed",
    "files": "how many files count",
    "rows": "how many rows they have",
    "scored": "how many of them are in the output",
    "rejected": "how many are not, each in a list with its reason",
    "parts": "how many files the output is",
    "size": "how many bytes",
    "quarantined": "how many files were broken",
    "changed": "how many were replaced or deleted after the batch had begun",
    "sentence": "what happened, and why",
}
KINDS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "data.quarantined": (
        "Uploaded files cannot be read; they are left out, and the rest goes on.",
        {"files": "the first of them, `path` and `reason` each", "quarantined": "how many"},
    ),
    "run.failed": (
        "A training ended without a model.",
        {
            "run": "the name of its job",
            "reason": "a sentence",
            "next": "what becomes of its data, and the command that tries again at once",
        },
    ),
    "model.refused": (
        "A run's model was not registered: at admission (`code`), or at the gate (the figures).",
        {
            "run": "the name of its job",
            "reason": "a sentence",
            "code": "the check of admission that it did not pass",
            "metric": "what was compared",
            "test_rows": "on how many rows",
            "challenger": "its figure",
            "champion": "the champion's figure on the same rows",
            "champion_version": "which version that is",
            "gain": "the lead, in the direction of the goal",
            "gain_lower_bound": "its one-sided lower bound",
            "confidence": "of the bound",
            "p_value": "how likely such a lead is by chance",
        },
    ),
    "model.registered": (
        "A version won at the gate; it is the champion.",
        {
            "version": "in the registry",
            "run": "the name of its job",
            "data_version": "the digest of the manifest that it was trained on",
            "‹gate.metric›": "its figure on the test rows",
        },
    ),
    "model.deployed": (
        "A version has all traffic.",
        {
            "version": "in the registry",
            "replaces": "the version that served before, or null",
            "deployment": "its name behind the endpoint",
            "endpoint": "the endpoint",
            "target": "where it is served",
        },
    ),
    "model.rolled_back": (
        "A version did not come up, or failed its test; what served before has all traffic.",
        {
            "version": "that was rolled back",
            "run": "the name of its job",
            "reason": "a sentence",
            "next": "the command that tries again",
        },
    ),
    "model.paused": (
        "Too many challengers in a row, trained because of drift, were refused: it takes a person.",
        {
            "run": "the job of the last of them",
            "refusals": "how many in a row",
            "reason": "a sentence, with the command that resumes the model",
        },
    ),
    "drift.detected": (
        "An incident was raised, or is open when its snooze ends: production sees other data.",
        _INCIDENT,
    ),
    "drift.cleared": ("An incident is over.", _INCIDENT),
    "drift.labels_awaited": (
        "Drift wants a training, which begins when new data was found fit for it.",
        {
            "incidents": "which ones wait",
            "causes": "the reasons of the training that wait",
            "sentence": "what is awaited",
        },
    ),
    "drift.unknown": (
        "Windows cannot be judged any more. Unknown is not stable; it is told once.",
        _WINDOW,
    ),
    "drift.known": ("Windows can be judged again.", _WINDOW),
    "batch.published": ("A batch was scored, and its manifest lists all of its output.", _BATCH),
    "batch.failed": (
        "A batch came to nothing: too many rejects, no file to be scored, or too much time.",
        {**_BATCH, "next": "the command that scores its files again"},
    ),
    "batch.not_run": (
        "A batch was due, and there is no version to score it with; it is told once.",
        {"batch": "its name: when its window ended", "sentence": "why there is none"},
    ),
}
"""Every kind, when it is told, and the fields of its `data` beside `model`."""

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - The specification's own example.
AT = datetime(2026, 11, 21, 8, 0, 3, tzinfo=UTC)
BODY = msgspec.json.encode(
    {
        "type": "model.deployed",
        "timestamp": AT.isoformat(),
        "data": {
            "model": "digits",
            "version": "2",
            "replaces": "1",
            "deployment": "v2-3f9a1c20",
            "endpoint": "digits",
            "target": "aci",
        },
    }
)


def page() -> str:
    """What receivers need to know."""
    return document(
        "Webhooks",
        "Each subscriber under `notifications` of `ratchet.yaml` is told by POST, signed as "
        "[Standard Webhooks](https://www.standardwebhooks.com) says. A webhook is stored before it "
        "is tried.",
        bullets(_habits()),
        "## A request",
        code(_request(), "http"),
        f"Its secret is `{SECRET}`. While one secret replaces another, list both: each signs.",
        "## To verify it",
        "On the bytes of the body as they came, before they are parsed:",
        code(_verification(), "python"),
        "## Kinds",
        "`events:` of a subscriber takes these, and patterns of them (`model.*`). Every `data` "
        "names its `model`.",
        *(block for kind, (when, fields) in KINDS.items() for block in _kind(kind, when, fields)),
    )


def _habits() -> Iterator[str]:
    yield (
        "`webhook-id` is the same at every try, and different for every subscriber: drop what you "
        "have seen."
    )
    yield (
        "Any answer of 2xx, within 15 seconds, is success; 410 ends this one for good; redirects "
        "are failures."
    )
    yield f"Else it is tried again after {_waits()}; `Retry-After` is respected."
    yield (
        "Where `RATCHET_EVENT_TOPIC` is set, the same news goes out as a CloudEvent of the type "
        "`ratchet.‹kind›`; its subject is `models/‹model›`."
    )


def headers() -> dict[str, str]:
    """The headers of the example, as they are sent."""
    identifier = names.webhook_id("digits", "model.deployed", "v2-3f9a1c20", "ml-team")
    return signature.headers([signature.key(SECRET, "ml-team")], identifier, AT, BODY)


def _request() -> str:
    lines = [f"{name}: {value}" for name, value in headers().items()]
    return "\n".join(["POST /hook", "content-type: application/json", *lines, "", BODY.decode()])


def _verification() -> str:
    """The receiver's module without its own docstring."""
    text = Path(receiver.__file__).read_text(encoding="utf-8")
    return text.partition('"""\n\n')[2]


def _kind(kind: str, when: str, fields: Mapping[str, str]) -> list[str]:
    rows = [(f"`{name}`", meaning) for name, meaning in fields.items()]
    return [f"### `{kind}`", when, table(("Field of `data`", "What it is"), rows)]


def _waits() -> str:
    waits, tries = [], 1
    while (wait := delays.webhook(tries, None)) is not None:
        waits.append(int(wait.total_seconds()))
        tries += 1
    return ", ".join(_said(seconds) for seconds in waits)


def _said(seconds: int) -> str:
    for unit, length in (("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"
