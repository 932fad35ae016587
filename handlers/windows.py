"""A window is judged: in parts if it is large, against what its version was trained on, reported.

What cannot be read or compared is unknown, with the sentence that says why: never stable, and never
silence. A crash anywhere leaves blobs that are written again under the same names.
"""

from collections.abc import Iterator

from decisions.actions import JudgeWindow, ProfilePart, ProfileReference
from decisions.errors import Rejected
from decisions.events import Drifted, ReferenceProfiled, WindowJudged
from decisions.policies import DriftPolicy
from decisions.ports import Judged, Ports
from drift.results import Rows, Verdict
from handlers import profiles, reports

_MOST_COLUMNS = 50  # So many names still make a message that a queue takes.


def profile_reference(item: ProfileReference, ports: Ports) -> None:
    """Profile what a version was trained on, once: its windows are compared with it ever after."""
    problem = None
    try:
        profiles.make_reference(item.model, item.version, ports)
    except Rejected as error:
        problem = str(error)
    ports.messages.lane(
        ReferenceProfiled(
            model=item.model, version=item.version.version, ordinal=item.ordinal, problem=problem
        )
    )


def judge(item: JudgeWindow, ports: Ports) -> None:
    """Judge a window if all of it is profiled, else have that done first."""
    try:
        reference = profiles.reference(item.model, item.version, ports)
        parts = profiles.of_window(item, reference, ports)
        if parts is None:
            return
        judged = ports.profiler.judge(reference, parts, _policy(item, ports))
    except Rejected as error:
        judged = _unknown(item, error, ports)
    _tell(item, judged, ports)


def profile_part(item: ProfilePart, ports: Ports) -> None:
    """Profile a part of a window; whoever finds that all are done asks for the verdict."""
    try:
        all_done = profiles.make_part(item, ports)
    except Rejected as error:
        _tell(item, _unknown(item, error, ports), ports)
        return
    if all_done:
        ports.messages.work(
            JudgeWindow(
                model=item.model,
                window=item.window,
                version=item.version,
                ordinal=item.ordinal,
                parts=item.of,
            )
        )


def _policy(item: JudgeWindow | ProfilePart, ports: Ports) -> DriftPolicy:
    """The model's policy; the section may have been taken out while the window was under way."""
    return ports.policies[item.model].drift or DriftPolicy()


def _unknown(item: JudgeWindow | ProfilePart, error: Rejected, ports: Ports) -> Judged:
    verdict = Verdict(
        verdict="unknown",
        reason=f"{str(error).rstrip('.')}.",
        rows=Rows(reference=0, current=0),
        columns=(),
        calm=False,
        judging=_policy(item, ports).judging,
    )
    return Judged(verdict=verdict, compared=())


def _tell(item: JudgeWindow | ProfilePart, judged: Judged, ports: Ports) -> None:
    """Leave the report, and send the verdict to the lane."""
    page = reports.write(item.model, item.window, item.version, judged, ports)
    verdict = judged.verdict
    ports.messages.lane(
        WindowJudged(
            model=item.model,
            window=item.window,
            version=item.version.version,
            verdict=verdict.verdict,
            sentence=verdict.reason,
            rows=verdict.rows,
            calm=verdict.calm,
            columns=tuple(_drifted(verdict)),
            worst=reports.worst(verdict)[1],
            report=page,
        )
    )


def _drifted(verdict: Verdict) -> Iterator[Drifted]:
    """The columns that drifted, each by the figure that it was judged by."""
    for one in [column for column in verdict.columns if column.drifted][:_MOST_COLUMNS]:
        if one.statistic and one.score is not None and one.threshold is not None:
            yield Drifted(
                name=one.name, statistic=one.statistic, score=one.score, threshold=one.threshold
            )
