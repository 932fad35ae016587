"""A batch is planned once, scored in pieces, and published at once; rows in are rows out."""

import hashlib
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from adapters.memory.blobs import MemoryBlobs
from adapters.memory.partitions import MemoryPartitions
from decisions.actions import AnyWork, ScoreBatch, ScorePartition
from decisions.codec import decode_work, encode
from decisions.errors import Missing
from decisions.events import ActionFailed, BatchEnded, Figures, Window
from decisions.policies import BatchPolicy, Place
from decisions.ports import BlobVersion, Piece, Scored
from handlers import batches
from handlers.lanes import Received, take_work
from tests.decisions.life import V1, V2
from tests.handlers.ports import POLICY, MemoryPorts

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
WINDOW = Window(start=NOON - timedelta(hours=1), end=NOON)
SCORE = ScoreBatch(model="digits", window=WINDOW, version=V2)
OUT = "out/20261121T120000Z"
OWN = "_ratchet/digits/20261121T120000Z"
RULE = BatchPolicy(
    schedule="0 0 * * * *",
    input=Place(container="batch", path="in/**"),
    output=Place(container="results", path="out/"),
    max_rejects=0.5,
    piece=40,
)


def ports(*, at: timedelta = timedelta(minutes=-30), **rule: Any) -> MemoryPorts:
    """What there is when a window has ended; files are uploaded half an hour before."""
    clock = NOON + at
    found = MemoryPorts(blobs=MemoryBlobs(lambda: clock), time=NOON + timedelta(minutes=1))
    found.policies = {"digits": replace(POLICY, batch=replace(RULE, **rule))}
    return found


def csv(*rows: object, first: int = 1) -> bytes:
    """A file with an id and `x` in each row."""
    lines = [f"{number},{x}" for number, x in enumerate(rows, first)]
    return "\n".join(["id,x", *lines, ""]).encode()


def upload(there: MemoryPorts, name: str, content: bytes) -> BlobVersion:
    return there.blobs.upload("batch", f"in/{name}", content)


def do(item: AnyWork, there: MemoryPorts) -> None:
    take_work(Received(queue="work", body=encode(item)), there)


def finish(there: MemoryPorts, *items: AnyWork) -> None:
    """Do work, and all work that comes of it."""
    for item in items:
        do(item, there)
    while waiting := [one for one in there.messages.waiting.values() if one.queue == "work"]:
        for message in waiting:
            del there.messages.waiting[message.id]
            do(decode_work(message.body), there)


def ended(there: MemoryPorts) -> BatchEnded:
    (found,) = [one for one in there.lane() if isinstance(one, BatchEnded)]
    return found


def document(there: MemoryPorts, name: str = "_manifest.json") -> Any:
    return json.loads(there.blobs.read("results", f"{OUT}/{name}"))


def published(there: MemoryPorts) -> list[str]:
    """The rows of all parts that the manifest lists, once each part is what it says."""
    rows = list[str]()
    for part in document(there)["parts"]:
        content = there.blobs.read("results", f"{OUT}/{part['name']}")
        assert (part["size"], part["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
        header, *lines = content.decode().splitlines()
        assert (header, len(lines)) == ("id,x,prediction", part["rows"])
        rows += lines
    return rows


def names(there: MemoryPorts) -> list[str]:
    return [one.removeprefix(f"{OUT}/") for one in there.blobs.names("results", OUT)]


def test_every_row_is_scored_once_by_the_pinned_version_and_listed_in_the_manifest():
    there = ports()
    upload(there, "a.csv", csv(*range(20)))
    upload(there, "b.csv", csv(7, first=21))
    finish(there, SCORE)
    assert published(there) == [f"{n},{n - 1},{2 * (n - 1)}" for n in range(1, 21)] + ["21,7,14"]
    end = ended(there)
    assert (end.outcome, end.document) == ("published", f"results/{OUT}/_manifest.json")
    assert end.sentence == "21 rows of 2 files, 21 scored, 0 rejected."
    assert end.figures == Figures(files=2, rows=21, scored=21, parts=4, size=end.figures.size)
    assert end.figures.size == sum(part["size"] for part in document(there)["parts"])


def test_manifest_says_what_was_scored_by_what():
    there = ports()
    blob = upload(there, "a.csv", csv(1, "?", 3))
    finish(there, SCORE)
    found = document(there)
    (part,) = found["parts"]
    assert found == {
        "schema": 1,
        "state": "published",
        "model": "digits",
        "batch": "20261121T120000Z",
        "version": "2",
        "run": V2.run,
        "sha256": V2.sha256,
        "window": {"start": "2026-11-21T11:00:00+00:00", "end": "2026-11-21T12:00:00+00:00"},
        "format": "parquet",
        "totals": {
            "files": 1,
            "rows": 3,
            "scored": 2,
            "rejected": 1,
            "parts": 1,
            "size": part["size"],
            "quarantined": 0,
            "changed": 0,
        },
        "files": [
            {
                "path": "batch/in/a.csv",
                "etag": blob.etag,
                "size": blob.size,
                "rows": 3,
                "scored": 2,
                "rejected": 1,
                "parts": ["part-00001.parquet"],
            }
        ],
        "parts": [part],
        "rejects": [{"name": "_rejects-00001.jsonl", "rows": 1}],
        "quarantined": [],
        "changed": [],
    }


def test_rejects_have_the_number_of_their_row_in_the_file():
    there = ports()
    upload(there, "a.csv", csv(*range(10), "?", *range(10), "", first=1))
    finish(there, SCORE)
    listed = document(there)["rejects"]
    told = [
        json.loads(line)
        for one in listed
        for line in there.blobs.read("results", f"{OUT}/{one['name']}").splitlines()
    ]
    assert [(one["file"], one["row"]) for one in told] == [
        ("batch/in/a.csv", 11),
        ("batch/in/a.csv", 22),
    ]
    assert sum(one["rows"] for one in listed) == document(there)["totals"]["rejected"] == 2


@pytest.mark.parametrize(("limit", "outcome"), [(0.29, "published"), (0.28, "failed")])
def test_batch_fails_with_more_rejects_than_the_limit(limit: float, outcome: str):
    there = ports(max_rejects=limit, piece=1000)
    upload(there, "a.csv", csv(*["?"] * 29, *range(71)))
    finish(there, SCORE)
    assert ended(there).outcome == outcome


def test_failed_batch_leaves_its_rejects_and_no_manifest():
    there = ports(max_rejects=0)
    upload(there, "a.csv", csv(1, "?"))
    finish(there, SCORE)
    end = ended(there)
    assert end.sentence == (
        "1 of 2 rows rejected, which is 50.00%; batch.max_rejects allows 0.00%."
    )
    assert end.document == f"results/{OUT}/_failed.json"
    assert names(there) == ["_failed.json", "_rejects-00001.jsonl", "part-00001.parquet"]
    assert document(there, "_failed.json")["reason"] == end.sentence


def test_broken_file_is_quarantined_and_the_rest_goes_on():
    there = ports()
    upload(there, "a.csv", csv(1))
    bad = upload(there, "b.csv", b"id,y\n1,2\n")
    finish(there, SCORE)
    assert published(there) == ["1,1,2"]
    reason = "batch/in/b.csv has no column x"
    assert document(there)["quarantined"] == [
        {"path": "batch/in/b.csv", "etag": bad.etag, "reason": reason}
    ]
    place = f"digits/in/b.csv/{bad.etag}"
    assert there.blobs.read("quarantine", f"{place}/file") == b"id,y\n1,2\n"
    assert json.loads(there.blobs.read("quarantine", f"{place}/reason.json"))["reason"] == reason
    assert ended(there).sentence == "1 row of 1 file, 1 scored, 0 rejected; 1 file quarantined."


def test_all_parts_of_a_file_that_turns_out_broken_are_left_out():
    there = ports()
    upload(there, "a.csv", csv(1))
    upload(there, "b.csv", csv(*range(20)))
    do(SCORE, there)
    first, second, *rest = there.work()
    there.messages.waiting.clear()
    do(first, there)  # type: ignore[arg-type] # They are parts.
    do(second, there)  # type: ignore[arg-type] # As above.
    there.partitions.unfit["in/b.csv"] = "it is cut short"
    finish(there, *rest)  # type: ignore[arg-type] # As above.
    assert published(there) == ["1,1,2"]
    assert document(there)["quarantined"][0]["reason"] == "it is cut short"
    assert document(there)["totals"]["rows"] == 1


def test_batch_of_broken_files_alone_has_failed():
    there = ports()
    upload(there, "a.csv", b"id,y\n1,2\n")
    finish(there, SCORE)
    assert ended(there).outcome == "failed"
    assert ended(there).sentence == (
        "of 1 file none can be scored; batch/in/a.csv: batch/in/a.csv has no column x"
    )


def test_file_that_changed_meanwhile_is_noted_and_left_to_the_next_batch():
    there = ports()
    upload(there, "a.csv", csv(1))
    upload(there, "b.csv", csv(2))
    do(SCORE, there)
    upload(there, "b.csv", csv(3))
    parts = there.work()
    there.messages.waiting.clear()
    finish(there, *parts)  # type: ignore[arg-type] # They are parts.
    assert published(there) == ["1,1,2"]
    assert [one["path"] for one in document(there)["changed"]] == ["batch/in/b.csv"]
    assert there.blobs.names("quarantine", "") == []


def test_window_without_files_is_empty_and_leaves_nothing():
    there = ports()
    there.blobs.upload("batch", "elsewhere/a.csv", csv(1))
    there.blobs.write("batch", "in/own.csv", csv(1))
    finish(there, SCORE)
    assert (ended(there).outcome, ended(there).document) == ("empty", None)
    assert names(there) == []


@pytest.mark.parametrize(
    ("at", "take", "taken"),
    [
        (timedelta(hours=-1), "new", True),
        (timedelta(hours=-1, seconds=-1), "new", False),
        (timedelta(seconds=-1), "new", True),
        (timedelta(0), "new", False),
        (timedelta(days=-99), "all", True),
        (timedelta(0), "all", False),
    ],
    ids=["first moment", "too old", "last moment", "too late", "old of all", "too late of all"],
)
def test_window_takes_the_files_of_its_time(at: timedelta, take: Any, taken: bool):
    there = ports(at=at, take=take)
    upload(there, "a.csv", csv(1))
    finish(there, SCORE)
    assert ended(there).outcome == ("published" if taken else "empty")


def test_plan_is_made_once_whatever_changes_afterwards():
    there = ports()
    upload(there, "a.csv", csv(1))
    do(SCORE, there)
    upload(there, "b.csv", csv(2))
    there.policies = {"digits": replace(POLICY, batch=replace(RULE, max_rejects=0, piece=1))}
    there.messages.waiting.clear()
    finish(there, replace(SCORE, version=V1, ordinal=1))
    assert published(there) == ["1,1,2"]


def test_result_that_is_there_is_never_made_again():
    there = ports()
    upload(there, "a.csv", csv(1))
    do(SCORE, there)
    (part,) = there.work()
    do(part, there)  # type: ignore[arg-type] # It is a part.
    before = there.blobs.find("results", f"{OUT}/part-00001.parquet")
    there.partitions.unfit["in/a.csv"] = "it would be broken now"
    finish(there, part)  # type: ignore[arg-type] # As above.
    assert there.blobs.find("results", before.path) == before
    assert published(there) == ["1,1,2"]


def test_output_that_a_dead_host_left_counts_and_is_described_as_it_is():
    there = ports()
    upload(there, "a.csv", csv(1))
    there.blobs.create("batch", f"{OWN}/rejects/00001.jsonl", b"")
    there.blobs.create("results", f"{OUT}/part-00001.parquet", b"id,x,prediction\n1,1,2.0\n")
    finish(there, SCORE)
    assert published(there) == ["1,1,2.0"]


def test_host_that_rejected_other_rows_cannot_be_continued():
    there = ports()
    upload(there, "a.csv", csv(1))
    there.blobs.create("batch", f"{OWN}/rejects/00001.jsonl", b"another\n")
    finish(there, SCORE)
    (failed,) = there.lane()
    assert isinstance(failed, ActionFailed)
    assert "rejected other rows" in failed.reason


def test_model_that_is_missing_is_no_fault_of_the_file():
    there = ports()
    there.partitions = NoModel(there.blobs)
    upload(there, "a.csv", csv(1))
    finish(there, SCORE)
    (failed,) = there.lane()
    assert isinstance(failed, ActionFailed)
    assert (failed.action, failed.reason) == ("ScoreBatch", "Missing: there is no model")
    assert there.blobs.names("quarantine", "") == []


class NoModel(MemoryPartitions):
    """An engine whose model is gone."""

    def cut(self, *_: Any) -> list[Piece]:
        raise Missing("there is no model")


class Miscounts(MemoryPartitions):
    """An engine that loses a row."""

    def score(self, *given: Any) -> Scored:
        found: Scored = super().score(*given)
        return replace(found, scored=found.scored - 1)


def test_row_that_is_lost_is_never_published():
    there = ports()
    there.partitions = Miscounts(there.blobs)
    upload(there, "a.csv", csv(1, 2))
    finish(there, SCORE)
    assert ended(there).outcome == "failed"
    assert ended(there).sentence == (
        "part 1 has 2 rows of batch/in/a.csv, of which 1 were scored and 0 rejected: that is a "
        "defect."
    )


class Overlaps(MemoryPartitions):
    """An engine that cuts so that a row is in two pieces."""

    def cut(self, *_: Any) -> list[Piece]:
        return [Piece(start=0, stop=9), Piece(start=5, stop=20)]


def test_pieces_that_do_not_tile_a_file_are_refused():
    there = ports()
    there.partitions = Overlaps(there.blobs)
    upload(there, "a.csv", csv(1, 2))
    finish(there, SCORE)
    (failed,) = there.lane()
    assert isinstance(failed, ActionFailed)
    assert "do not tile" in failed.reason


def test_batch_that_is_given_up_is_never_published_afterwards():
    there = ports()
    upload(there, "a.csv", csv(1))
    do(SCORE, there)
    (part,) = there.work()
    there.messages.waiting.clear()
    do(replace(SCORE, ordinal=3, end="it took too long."), there)
    finish(there, part, replace(SCORE, ordinal=4))  # type: ignore[arg-type] # It is a part.
    assert (ended(there).outcome, ended(there).sentence) == ("failed", "it took too long.")
    assert names(there) == ["_failed.json"]


def test_batch_that_is_published_is_not_given_up_any_more():
    there = ports()
    upload(there, "a.csv", csv(1))
    finish(there, SCORE)
    there.messages.waiting.clear()
    there.messages.forget()
    do(replace(SCORE, ordinal=3, end="it took too long."), there)
    assert ended(there).outcome == "published"


def test_batch_without_a_plan_can_be_given_up():
    there = ports()
    do(replace(SCORE, end="nobody planned it."), there)
    assert (ended(there).outcome, ended(there).document) == ("failed", None)


def test_section_that_was_taken_out_ends_the_batch_with_a_sentence():
    there = ports()
    there.policies = {"digits": POLICY}
    do(SCORE, there)
    (failed,) = there.lane()
    assert isinstance(failed, ActionFailed)
    assert "ratchet.yaml has no section batch of digits any more" in failed.reason


def test_part_without_a_plan_is_given_up():
    there = ports()
    do(ScorePartition(model="digits", window=WINDOW, version=V2, part=1), there)
    (failed,) = there.lane()
    assert isinstance(failed, ActionFailed)
    assert "has no plan" in failed.reason


def test_large_batch_never_has_more_than_a_few_pieces_on_the_queue():
    there = ports(piece=1)
    upload(there, "a.csv", csv(*range(300)))
    do(SCORE, there)
    most = 0
    while waiting := [one for one in there.messages.waiting.values() if one.queue == "work"]:
        most = max(most, len(waiting))
        del there.messages.waiting[waiting[0].id]
        do(decode_work(waiting[0].body), there)
    assert most == batches.ROWS == 64
    assert len(published(there)) == 300


def test_look_asks_again_for_the_pieces_that_lack():
    there = ports(piece=1)
    upload(there, "a.csv", csv(*range(5)))
    do(SCORE, there)
    first, *_ = there.work()
    there.messages.waiting.clear()
    do(first, there)  # type: ignore[arg-type] # It is a part.
    there.messages.waiting.clear()
    do(replace(SCORE, ordinal=1), there)
    asked = there.work()
    assert all(isinstance(one, ScorePartition) and one.ordinal == 1 for one in asked)
    finish(there)
    assert Counter(row.split(",")[0] for row in published(there)) == Counter("12345")


def test_batch_of_too_many_pieces_is_refused_with_what_to_change():
    there = ports(piece=1)
    upload(there, "a.csv", csv(*range(10_000)))
    do(SCORE, there)
    (failed,) = there.lane()
    assert isinstance(failed, ActionFailed)
    assert "it has 10001 pieces in 1 file(s)" in failed.reason
    assert "make batch.piece_mb larger" in failed.reason


def test_batch_of_too_many_files_is_refused_before_any_is_opened():
    there = ports()
    for number in range(10_001):
        upload(there, f"{number}.csv", b"broken")
    do(SCORE, there)
    (failed,) = there.lane()
    assert isinstance(failed, ActionFailed)
    assert "it has 10001 pieces in 10001 file(s)" in failed.reason
