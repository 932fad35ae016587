"""A model's stored windows, judged again under another policy, beside the one in force.

The figures of the reports are judged; no data is read. A policy sees no more columns than the
report has figures of.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime

from msgspec import Struct

from decisions.backtest import NEVER, Outcome, Past, every_window, replay
from decisions.errors import Missing
from decisions.incidents import Seen
from decisions.policies import DriftPolicy
from decisions.ports import Ports
from drift.report.document import Report
from drift.verdict import judge
from handlers import archive
from handlers.reports import worst


class Backtest(Struct, frozen=True, kw_only=True):
    """What a model's windows come to under each policy; `first` and `last` are their ends.

    `every_window` trains whenever one drifted by the policy in force, `never` looks at none.
    """

    model: str
    windows: int
    first: datetime
    last: datetime
    in_force: Outcome
    given: Outcome
    every_window: Outcome
    never: Outcome = NEVER


def backtest(model: str, given: DriftPolicy, ports: Ports) -> Backtest:
    """Try a policy on all stored windows of a model, beside the one in force and two dumb ones.

    Raises Missing when none is stored, Rejected when one cannot be read.
    """
    reports = list(_stored(model, ports))
    if not reports:
        raise Missing(f"no report on a window of {model} is stored: there is nothing to replay")
    policy = ports.policies[model]
    rule = policy.drift or given
    past = _judged(reports, rule)
    return Backtest(
        model=model,
        windows=len(past),
        first=past[0].end,
        last=past[-1].end,
        in_force=replay(past, rule, policy) if policy.drift else NEVER,
        given=replay(_judged(reports, given), given, policy),
        every_window=every_window(past, policy),
    )


def _stored(model: str, ports: Ports) -> Iterator[Report]:
    """All reports in the order of time; one that somebody deleted is passed over."""
    for window in archive.windows(model, ports):
        with suppress(Missing):
            yield archive.report(model, window, ports)


def _judged(reports: Iterable[Report], rule: DriftPolicy) -> list[Past]:
    return [_past(report, rule) for report in reports]


def _past(report: Report, rule: DriftPolicy) -> Past:
    """A window as a policy judges it, from the figures that its report holds."""
    compared = [one for one in report.compared if rule.judges(one.name)]
    verdict = judge(compared, report.verdict.rows, rule.judging, _missing(report, rule))
    end = report.end or report.made_at
    seen = Seen(
        window=end.isoformat(),
        version=report.version or "",
        verdict=verdict.verdict,
        calm=verdict.calm,
        worst=worst(verdict)[1],
    )
    return Past(end=end, seen=seen)


def _missing(report: Report, rule: DriftPolicy) -> list[str]:
    """The columns to judge of which the report has no figures: nobody knows what they did."""
    known = {one.name for one in report.compared}
    wanted = dict.fromkeys((*rule.columns, *filter(rule.judges, report.missing)))
    return [name for name in wanted if name not in known]
