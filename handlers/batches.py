"""A batch is planned once, scored in pieces by any number of hosts, and ended once.

Few pieces wait on the queue at a time, whatever there are: each that is done asks for the next one
of its row, so that a large batch does not stand in the way of all other work. A message that is
lost breaks its row, until the lane looks, sees that nothing moves, and asks again.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from decisions.actions import ScoreBatch, ScorePartition
from decisions.errors import Missing
from decisions.ports import Ports
from handlers import plans, publishing, results

ROWS = 64
"""So many pieces of one batch are on the queue, or being scored, at a time."""


def score(item: ScoreBatch, ports: Ports) -> None:
    """Plan the batch and have its pieces scored; end it when all are, or when it has to."""
    if publishing.is_over(item, ports):
        publishing.tell(item, ports)
        return
    if item.end:
        publishing.give_up(item, item.end, ports)
        return
    plan = plans.written(item.model, item.window, ports) or plans.make(item, ports)
    missing = results.missing(plan, ports)
    for part in _heads(missing):
        ports.messages.work(_ask(item, part))
    if not missing:
        publishing.publish(item, plan, ports)


def score_part(item: ScorePartition, ports: Ports) -> None:
    """Score one piece unless that is done; whoever finds that all are done has the batch ended."""
    if publishing.is_over(item, ports):
        return
    plan = plans.written(item.model, item.window, ports)
    if plan is None:
        raise Missing(f"batch {item.window.name} of {item.model} has no plan")
    if item.part in results.missing(plan, ports):
        results.make(plan, item.part, ports)
    missing = results.missing(plan, ports)
    for part in _heads(one for one in missing if one % ROWS == item.part % ROWS):
        ports.messages.work(replace(item, part=part))
    if not missing:
        ports.messages.work(
            ScoreBatch(
                model=item.model,
                window=item.window,
                version=item.version,
                ordinal=item.ordinal,
                parts=len(plan.parts),
            )
        )


def _heads(missing: Iterable[int]) -> list[int]:
    """The first of each row: parts 1, 65, 129, … are one row, and are scored one after another."""
    heads: dict[int, int] = {}
    for part in missing:
        heads.setdefault(part % ROWS, part)
    return list(heads.values())


def _ask(item: ScoreBatch, part: int) -> ScorePartition:
    return ScorePartition(
        model=item.model,
        window=item.window,
        version=item.version,
        part=part,
        ordinal=item.ordinal,
    )
