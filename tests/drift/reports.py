"""Reports made by hand: few columns or many, drifted or not, with names that mean harm."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from drift.policy import Judging
from drift.report.document import Incident, Point, Report
from drift.results import Bins, ColumnVerdict, Compared, Figure, Rows, Shares, Verdict, Word

END = datetime(2026, 11, 21, 13, tzinfo=UTC)
BREAKOUT = "</svg></title></style><script>alert(1)</script><img src=x onerror=alert(2)>\"'{{7*7}}"
HOSTILE = (
    BREAKOUT,
    "a" * 5000,
    "🦜 👩🏽‍🔬 𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
    "שלום \u202e backwards",
    "\x00 control \x1b[31m",
    "漢字" * 40,
    " ",
)

FLAT = (0.1,) * 10
TILTED = (0.02, 0.04, 0.05, 0.07, 0.08, 0.1, 0.12, 0.14, 0.17, 0.21)


def numeric(name: str, score: float, *, missing: float = 0.0, outside: float = 0.0) -> Compared:
    """A numeric column whose current values are larger when its score is 0.2 or more."""
    return Compared(
        name=name,
        kind="numeric",
        statistics={"psi": Figure(value=score), "ks": Figure(value=score / 2, p_value=0.001)},
        effect=score / 2,
        p_value=0.001,
        reference=Shares(missing=0.001 if missing else 0.0),
        current=Shares(missing=missing, outside=outside),
        bins=Bins(
            reference=FLAT,
            current=TILTED if score >= 0.2 else FLAT,
            edges=tuple(float(10 * edge) for edge in range(11)),
        ),
    )


def categorical(name: str, score: float, labels: Sequence[str]) -> Compared:
    """A categorical column with the given labels, all as frequent as each other before."""
    before = (1 / len(labels),) * len(labels)
    after = (0.0, *before[1:-1], 2 / len(labels)) if score >= 0.2 else before
    return Compared(
        name=name,
        kind="categorical",
        statistics={"psi": Figure(value=score), "chi_square": Figure(value=812.3, p_value=0.001)},
        effect=score / 2,
        p_value=0.001,
        bins=Bins(reference=before, current=after, labels=tuple(labels)),
    )


def dates(name: str) -> Compared:
    """A column of dates in 2026 that did not drift."""
    edges = tuple(1_767_225_600.0 + 30 * 86_400 * month for month in range(11))
    bins = Bins(reference=FLAT, current=FLAT, edges=edges)
    return Compared(
        name=name, kind="date", statistics={"psi": Figure(value=0.0)}, effect=0.0, bins=bins
    )


def problem(name: str) -> Compared:
    """A column that cannot be compared."""
    return Compared(name=name, kind="numeric", problem="the current window has no such column")


def judged(column: Compared) -> ColumnVerdict:
    """The verdict on a column at a threshold of 0.2."""
    score = column.statistics["psi"].value if column.statistics else None
    return ColumnVerdict(
        name=column.name,
        kind=column.kind,
        statistic=None if score is None else "psi",
        score=score,
        threshold=None if score is None else 0.2,
        effect=column.effect,
        p_value=column.p_value,
        p_adjusted=column.p_value,
        drifted=score is not None and score >= 0.2,
        error_bound=0.0,
        calm=score is not None and score < 0.15,
        reason=column.problem or f"its score is {score}, the threshold 0.2",
    )


def report(
    *columns: Compared,
    history: tuple[Point, ...] = (),
    incidents: tuple[Incident, ...] = (),
    current: int = 9_000,
) -> Report:
    """A report on the given columns; its verdict follows from theirs."""
    verdicts = sorted(map(judged, columns), key=lambda one: one.score or 0.0, reverse=True)
    drifted = [one for one in verdicts if one.drifted]
    word: Word = "drifted" if drifted else "stable"
    if not drifted and (current < 200 or any(one.problem for one in columns)):
        word = "unknown"
    return Report(
        title="digits",
        version="7",
        start=END - timedelta(hours=1),
        end=END,
        made_at=END + timedelta(minutes=1),
        reference="training data of version 7",
        current="inference of endpoint digits",
        verdict=Verdict(
            verdict=word,
            reason=f"{len(drifted)} of {len(columns)} columns drifted.",
            rows=Rows(reference=12_000, current=current),
            columns=tuple(verdicts),
            calm=not drifted,
            judging=Judging(),
        ),
        compared=columns,
        history=history,
        incidents=incidents,
    )


def past() -> tuple[Point, ...]:
    """Twelve windows: nine stable, then one unknown, then two that drifted."""
    stable = [Point(end=_hour(one), verdict="stable", column="a", ratio=0.4) for one in range(9)]
    drifted = [Point(end=_hour(one), verdict="drifted", column="b", ratio=2.5) for one in (10, 11)]
    return (*stable, Point(end=_hour(9), verdict="unknown"), *drifted)


def troubles() -> tuple[Incident, ...]:
    """One incident that cleared and one that is open."""
    cleared = Incident(id="digits-1", raised=_hour(2), cleared=_hour(4))
    return (cleared, Incident(id="digits-2", raised=_hour(11)))


def _hour(number: int) -> datetime:
    return END - timedelta(hours=11 - number)


def drifted() -> Report:
    """Three columns drifted, one could not be compared, three did not drift."""
    return report(
        numeric("amount", 1.3, missing=0.12),
        categorical("payment", 0.4, ("card", "cash", "invoice", "voucher")),
        numeric("distance", 0.3, outside=0.2),
        problem("weight"),
        numeric("prediction", 0.1),
        dates("ordered_at"),
        categorical("country", 0.01, tuple("ABCDEFGHIJKLM")),
        history=past(),
        incidents=troubles(),
    )


def stable() -> Report:
    """A hundred columns, none of which drifted."""
    return report(*(numeric(f"pixel_{one}", one / 1000) for one in range(100)), history=past()[:9])


def unknown() -> Report:
    """Too few rows, and a column that cannot be compared."""
    return report(numeric("amount", 0.0), problem("weight"), current=12, history=past()[:10])


def crowded() -> Report:
    """A hundred columns, of which eighty drifted."""
    few = (numeric(f"pixel_{one}", one / 100) for one in range(60))
    many = (categorical(f"field {one}", 0.5, tuple("abcdefghijkl")) for one in range(40))
    return report(*few, *many, history=past(), incidents=troubles())


def hostile() -> Report:
    """Names, categories, sentences and problems that try to leave their place."""
    columns = [numeric(name, 0.1 * at) for at, name in enumerate(HOSTILE)]
    columns.append(categorical("labels", 0.5, HOSTILE))
    columns.append(Compared(name=f"gone {BREAKOUT}", kind=BREAKOUT, problem=BREAKOUT))
    incident = Incident(id=BREAKOUT, raised=_hour(1))
    point = Point(end=_hour(11), verdict="drifted", column=BREAKOUT, ratio=1.0)
    return report(*columns, history=(*past()[:9], point), incidents=(incident,))


SAMPLES = {
    "drifted": drifted,
    "stable": stable,
    "unknown": unknown,
    "crowded": crowded,
    "hostile": hostile,
}
