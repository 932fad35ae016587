"""How a batch ends: one verdict, written once, and the manifest that makes its answers count.

Whoever would publish a batch and whoever gives it up write the same blob; the first one has it, and
both then do what it says. So a batch that people were told has failed is never published after all.
Its readers have one rule: no manifest, no batch, and nothing of it but what the manifest lists.
"""

from typing import Any

import msgspec
from msgspec import Struct

from decisions.actions import ScoreBatch
from decisions.codec import encode
from decisions.errors import Missing
from decisions.events import BatchEnded, Figures, Outcome
from decisions.policies import Place
from decisions.ports import Ports
from handlers import counting, manifests, plans, results
from handlers.plans import CONTAINER, Item, Plan

MANIFEST = "_manifest.json"
FAILED = "_failed.json"


class Verdict(Struct, frozen=True, kw_only=True):
    """How a batch ended; `place` is where its `document` is left, if anything is."""

    outcome: Outcome
    sentence: str
    figures: Figures = Figures()
    place: Place | None = None
    document: dict[str, Any] | None = None


def is_over(item: Item, ports: Ports) -> bool:
    """Whether a batch has its verdict."""
    return _written(item, ports) is not None


def tell(item: Item, ports: Ports) -> None:
    """Do what the verdict says: leave the document where readers look, and tell the lane."""
    verdict = _written(item, ports)
    if verdict is None:
        raise Missing(f"batch {item.window.name} of {item.model} has no verdict")
    place = verdict.place
    if place:
        ports.blobs.create(place.container, place.path, manifests.readable(verdict.document))
    ports.messages.lane(
        BatchEnded(
            model=item.model,
            window=item.window,
            outcome=verdict.outcome,
            sentence=verdict.sentence,
            figures=verdict.figures,
            document=f"{place.container}/{place.path}" if place else None,
        )
    )


def publish(item: ScoreBatch, plan: Plan, ports: Ports) -> None:
    """End a batch of which all parts are done; it is published if its counts are right."""
    _end(item, _verdict(plan, ports), ports)


def give_up(item: ScoreBatch, reason: str, ports: Ports) -> None:
    """End a batch whatever it lacks, unless it is published already."""
    plan = plans.written(item.model, item.window, ports)
    document = manifests.of_failure(plan, reason) if plan else None
    place = Place(container=plan.policy.output.container, path=plan.place(FAILED)) if plan else None
    _end(item, Verdict(outcome="failed", sentence=reason, place=place, document=document), ports)


def _end(item: ScoreBatch, verdict: Verdict, ports: Ports) -> None:
    ports.blobs.create(CONTAINER, _place(item), encode(verdict))
    tell(item, ports)


def _verdict(plan: Plan, ports: Ports) -> Verdict:
    if not plan.files:
        return Verdict(outcome="empty", sentence="no file came.")
    found = results.read(plan, results.numbers(plan), ports)
    counted = counting.count(plan, found, ports)
    lists = manifests.leave_rejects(plan, counted, ports)
    why = counting.problem(plan, counted)
    name = FAILED if why else MANIFEST
    place = Place(container=plan.policy.output.container, path=plan.place(name))
    return Verdict(
        outcome="failed" if why else "published",
        sentence=why or counting.words(counted),
        figures=counting.figures(counted),
        place=place,
        document=manifests.of_end(plan, counted, lists, why),
    )


def _written(item: Item, ports: Ports) -> Verdict | None:
    try:
        content = ports.blobs.read(CONTAINER, _place(item))
    except Missing:
        return None
    return msgspec.json.decode(content, type=Verdict)


def _place(item: Item) -> str:
    return f"{plans.folder(item.model, item.window)}/verdict.json"
