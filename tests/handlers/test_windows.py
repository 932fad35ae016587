"""A window is judged, in parts if it is large; what cannot be judged is unknown, and says so."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from adapters.memory.blobs import MemoryBlobs
from adapters.memory.profiler import MemoryProfiler
from decisions.actions import AnyWork, JudgeWindow, ProfilePart, ProfileReference
from decisions.codec import decode_work, encode
from decisions.errors import Transient
from decisions.events import AnyEvent, Drifted, ReferenceProfiled, Window, WindowJudged
from decisions.incidents import OWN, Incident, Seen, Watch
from decisions.policies import DriftPolicy
from decisions.ports import Judged
from decisions.state import Drift, ModelState
from drift.report.document import Point, Report, loads
from drift.results import Rows
from handlers.lanes import Received, take_work
from tests.decisions.life import V1
from tests.handlers.ports import POLICY, LargeLogs, MemoryPorts

EIGHT = datetime(2026, 11, 21, 8, tzinfo=UTC)
WINDOW = Window(start=EIGHT, end=EIGHT + timedelta(hours=1))
JUDGE = JudgeWindow(model="digits", window=WINDOW, version=V1)
REFERENCE = ProfileReference(model="digits", version=V1)
PLACE = "digits/20261121T090000Z"


def ports(*logs: str, blobs: MemoryBlobs | None = None, reference: bool = True) -> MemoryPorts:
    """What there is when a window has ended: its logs, and mostly a reference."""
    found = MemoryPorts(blobs=blobs or MemoryBlobs(), time=WINDOW.end)
    found.policies = {"digits": replace(POLICY, drift=DriftPolicy())}
    for log in logs:
        found.blobs.upload("inference", f"digits/2026/11/21/{log}.parquet", b"rows")
    if reference:
        do(REFERENCE, found)
        found.messages.waiting.clear()
    return found


def do(item: AnyWork, ports: MemoryPorts, **known: int) -> None:
    take_work(Received(queue="work", body=encode(item), **known), ports)


def finish(ports: MemoryPorts, *items: AnyWork) -> None:
    """Do work, and all work that comes of it."""
    for item in items:
        do(item, ports)
    while True:
        waiting = [one for one in ports.messages.waiting.values() if one.queue == "work"]
        if not waiting:
            return
        for message in waiting:
            del ports.messages.waiting[message.id]
            do(decode_work(message.body), ports, retry=message.retry)


def judged(ports: MemoryPorts) -> WindowJudged:
    (found,) = [one for one in ports.lane() if isinstance(one, WindowJudged)]
    return found


def report(ports: MemoryPorts) -> Report:
    return loads(ports.blobs.read("reports", f"{PLACE}/report.json"))


def test_version_is_profiled_on_what_it_was_trained_on():
    there = ports(reference=False)
    do(REFERENCE, there)
    assert there.lane() == [ReferenceProfiled(model="digits", version="1")]
    assert there.blobs.read("reports", "digits/reference/1.profile")


def test_version_that_cannot_be_profiled_has_a_problem_in_words():
    there = ports(reference=False)
    there.profiler.broken[V1.run] = "the run left no data"
    do(replace(REFERENCE, ordinal=3), there)
    assert there.lane() == [
        ReferenceProfiled(
            model="digits", version="1", ordinal=3, problem=f"{V1.run}: the run left no data"
        )
    ]


def test_calm_window_is_stable_and_leaves_a_report():
    there = ports("08/a-1", "08/a-2")
    do(JUDGE, there)
    assert judged(there) == WindowJudged(
        model="digits",
        window=WINDOW,
        version="1",
        verdict="stable",
        sentence="x scores 0; its threshold is 0.2.",
        rows=Rows(reference=1000, current=2000),
        calm=True,
        worst=0.0,
        report=f"{PLACE}/report.html",
    )
    assert report(there).verdict.verdict == "stable"
    assert (report(there).title, report(there).version) == ("digits", "1")
    assert b"<!doctype html>" in there.blobs.read("reports", f"{PLACE}/report.html")


def test_drifted_window_names_its_columns_with_their_figures():
    there = ports("08/a-1")
    there.profiler.score = 0.3
    do(JUDGE, there)
    found = judged(there)
    assert (found.verdict, found.calm) == ("drifted", False)
    assert found.worst == pytest.approx(1.5)
    assert found.columns == (Drifted(name="x", statistic="psi", score=0.3, threshold=0.2),)


def test_window_reads_the_logs_of_its_hours_alone():
    there = ports("06/a-1", "07/a-9", "08/a-1", "08/b-1", "09/a-1")
    do(JUDGE, there)
    assert there.profiler.read == [
        f"digits/2026/11/21/{log}.parquet" for log in ("08/a-1", "08/b-1")
    ]


def test_window_over_midnight_reads_the_logs_of_both_days():
    there = ports("22/a-1", "23/a-1")
    there.blobs.upload("inference", "digits/2026/11/22/00/a-1.parquet", b"rows")
    window = Window(start=EIGHT.replace(hour=23, minute=30), end=EIGHT + timedelta(hours=17))
    do(replace(JUDGE, window=window), there)
    assert len(there.profiler.read) == 2


def test_large_window_is_profiled_in_parts_and_judged_by_all_of_them():
    there = ports("08/a-1", "08/a-2", "08/b-1", blobs=LargeLogs())
    there.profiler.scores["digits/2026/11/21/08/b-1.parquet"] = 0.9
    do(JUDGE, there)
    assert there.lane() == []
    parts = there.work()
    assert [(one.part, one.of) for one in parts] == [(1, 3), (2, 3), (3, 3)]  # type: ignore[attr-defined] # All are parts.
    finish(there)
    assert (judged(there).verdict, judged(there).rows.current) == ("drifted", 3000)
    assert judged(there).columns[0].score == pytest.approx(0.3)


def test_last_part_to_be_done_asks_for_the_verdict():
    there = ports("08/a-1", "08/a-2", blobs=LargeLogs())
    do(JUDGE, there)
    first, second = there.work()
    there.messages.waiting.clear()
    do(second, there)  # type: ignore[arg-type] # Both are parts.
    assert there.work() == []
    do(first, there)  # type: ignore[arg-type] # As above.
    assert there.work() == [replace(JUDGE, parts=2)]


def test_look_again_asks_for_the_same_parts_and_only_for_those_that_lack():
    there = ports("08/a-1", "08/b-1", blobs=LargeLogs())
    do(JUDGE, there)
    first, _ = there.work()
    there.messages.waiting.clear()
    do(first, there)  # type: ignore[arg-type] # It is a part.
    there.blobs.upload("inference", "digits/2026/11/21/08/a-2.parquet", b"late")
    do(replace(JUDGE, ordinal=1), there)
    (again,) = there.work()
    assert isinstance(again, ProfilePart)
    assert (again.part, again.of, again.ordinal) == (2, 2, 1)
    assert again.first.endswith("b-1.parquet")


def test_part_that_is_there_is_not_made_again():
    there = ports("08/a-1", "08/a-2", blobs=LargeLogs())
    finish(there, JUDGE)
    read = list(there.profiler.read)
    there.messages.forget()
    finish(there, replace(JUDGE, ordinal=1))
    assert there.profiler.read == read
    assert judged(there).rows.current == 2000


class Crash(Exception):  # noqa: N818 - The process is gone.
    """The process is gone."""


class DyingBlobs(LargeLogs):
    """Storage whose process dies at the n-th write, before it or just after it."""

    def __init__(self, writes: int, *, after: bool) -> None:
        super().__init__()
        self.left, self.after = writes, after

    def write(self, container: str, path: str, content: bytes) -> str:
        self.left -= 1
        if self.left == 0 and not self.after:
            raise Crash
        tag = super().write(container, path, content)
        if self.left == 0:
            raise Crash
        return tag


def survive(ports: MemoryPorts, item: AnyWork) -> None:
    """Do a piece of work as the queue hands it over: until it is done."""
    for delivery in (1, 2):
        try:
            do(item, ports, delivery=delivery)
        except Crash:
            continue
        return
    raise AssertionError("it died twice")


def story(blobs: MemoryBlobs) -> tuple[list[AnyEvent], dict[str, bytes]]:
    """All that a large window leaves: what the lane hears, and the reports."""
    there = MemoryPorts(blobs=blobs, time=WINDOW.end)
    there.policies = {"digits": replace(POLICY, drift=DriftPolicy())}
    for log in ("a-1", "a-2", "b-1"):
        there.blobs.upload("inference", f"digits/2026/11/21/08/{log}.parquet", b"rows")
    survive(there, REFERENCE)
    survive(there, JUDGE)
    while waiting := [one for one in there.messages.waiting.values() if one.queue == "work"]:
        for message in waiting:
            del there.messages.waiting[message.id]
            survive(there, decode_work(message.body))
    kept = {
        name: there.blobs.read("reports", f"{PLACE}/{name}")
        for name in ("report.json", "report.html", "history.json", "part-001.profile")
    }
    return there.lane(), kept  # type: ignore[return-value] # All are events.


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("writes", range(1, 9))
def test_crash_at_any_write_comes_to_the_same(writes: int, *, after: bool):
    assert story(DyingBlobs(writes, after=after)) == story(LargeLogs())


def broken(there: MemoryPorts) -> None:
    there.profiler.broken["digits/2026/11/21/08/a-1.parquet"] = "it is cut short"


def silent(there: MemoryPorts) -> None:
    there.blobs = MemoryBlobs()
    do(REFERENCE, there)
    there.messages.waiting.clear()


def few(there: MemoryPorts) -> None:
    there.profiler.rows = 100


def forgotten(there: MemoryPorts) -> None:
    kept = [("digits/2026/11/21/08/a-1.parquet", b"rows")]
    there.blobs = MemoryBlobs()
    for path, content in kept:
        there.blobs.upload("inference", path, content)


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        (broken, "digits/2026/11/21/08/a-1.parquet: it is cut short."),
        (silent, "0 rows are too few: 200 are needed."),
        (few, "100 rows are too few: 200 are needed."),
        (forgotten, "there is no profile of what version 1 was trained on."),
    ],
    ids=["unreadable log", "nothing logged", "few rows", "no reference"],
)
def test_window_that_cannot_be_judged_is_unknown_and_says_why(
    trouble: Callable[[MemoryPorts], None], sentence: str
):
    there = ports("08/a-1")
    there.profiler.score = 0.9
    trouble(there)
    do(JUDGE, there)
    found = judged(there)
    assert (found.verdict, found.sentence, found.calm) == ("unknown", sentence, False)
    assert (found.columns, found.worst) == ((), None)
    assert (report(there).verdict.verdict, report(there).verdict.reason) == ("unknown", sentence)


def test_one_unreadable_part_makes_the_window_unknown():
    there = ports("08/a-1", "08/a-2", blobs=LargeLogs())
    there.profiler.broken["digits/2026/11/21/08/a-2.parquet"] = "it is cut short"
    finish(there, JUDGE)
    assert judged(there).verdict == "unknown"
    assert judged(there).sentence == "digits/2026/11/21/08/a-2.parquet: it is cut short."


class BusyProfiler(MemoryProfiler):
    """A profiler that is asked in vain, some times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def judge(self, reference: bytes, parts: Iterable[bytes], policy: DriftPolicy) -> Judged:
        if self.times:
            self.times -= 1
            raise Transient("storage is busy")
        return super().judge(reference, parts, policy)


def test_window_is_judged_later_when_storage_is_busy():
    there = ports("08/a-1")
    there.profiler = BusyProfiler(3)
    finish(there, JUDGE)
    assert judged(there).verdict == "stable"


def test_monitor_that_was_switched_off_meanwhile_ends_its_window():
    there = ports("08/a-1")
    there.policies = {"digits": POLICY}
    do(JUDGE, there)
    assert judged(there).verdict == "stable"


RAISED = Incident(
    id="inc-1", monitor=OWN, window="20261121T090000Z", raised=WINDOW.end, cause="drift/ratchet/w"
)


def remembered(there: MemoryPorts, watch: Watch) -> None:
    known = there.models.load("digits")
    state = ModelState(model="digits", drift=Drift(watches={OWN: watch}))
    there.models.settle(known.tag, state)


def test_report_continues_the_history_of_the_last_window():
    there = ports("08/a-1", "10/a-1", "12/a-1")
    do(JUDGE, there)
    seen = Seen(window="20261121T090000Z", version="1", verdict="stable")
    given_up = Seen(window="20261121T100000Z", version="1", verdict="unknown")
    remembered(there, Watch(recent=(seen, given_up), incident=RAISED))
    there.profiler.score = 0.3
    second = report_of(there, hours=2)
    assert second.history[0] == Point(end=WINDOW.end, verdict="stable", column="x", ratio=0.0)
    assert [(one.end, one.verdict) for one in second.history[1:]] == [(second.end, "drifted")]
    assert [(one.id, one.cleared) for one in second.incidents] == [("inc-1", None)]
    later = Seen(window="20261121T110000Z", version="1", verdict="drifted")
    remembered(there, Watch(recent=(seen, given_up, later), cleared=EIGHT.replace(hour=12)))
    third = report_of(there, hours=4)
    assert [one.ratio for one in third.history] == pytest.approx([0.0, 1.5, 1.5])
    assert [one.cleared for one in third.incidents] == [EIGHT.replace(hour=12)]


def report_of(there: MemoryPorts, hours: int) -> Report:
    """The report on the window so many hours later."""
    window = Window(
        start=WINDOW.start + timedelta(hours=hours), end=WINDOW.end + timedelta(hours=hours)
    )
    do(replace(JUDGE, window=window), there)
    return loads(there.blobs.read("reports", f"digits/{window.name}/report.json"))


def test_history_that_cannot_be_read_begins_anew():
    there = ports("08/a-1")
    seen = Seen(window="20261121T080000Z", version="1", verdict="stable")
    remembered(there, Watch(recent=(seen,)))
    there.blobs.write("reports", "digits/20261121T080000Z/history.json", b'{"points": 7}')
    do(JUDGE, there)
    assert [one.end for one in report(there).history] == [WINDOW.end]
