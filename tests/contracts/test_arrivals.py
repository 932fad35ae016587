"""What every adapter of the port `Arrivals` keeps to, in memory and on Azure Tables."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from azure.data.tables import TableClient

from adapters.memory.arrivals import MemoryArrivals
from adapters.storage.arrivals import TableArrivals
from decisions.ports import Arrivals, BlobVersion


@pytest.fixture(params=["memory", "azure"])
def arrivals(request: pytest.FixtureRequest) -> Arrivals:
    if request.param == "memory":
        return MemoryArrivals()
    table: TableClient = request.getfixturevalue("table")
    return TableArrivals(table, "account")


def blob(name: str = "a", etag: str = "0x8DE1", size: int = 5_000_000_000) -> BlobVersion:
    return BlobVersion(container="data", path=f"digits/{name}.parquet", etag=etag, size=size)


def test_a_noted_blob_is_pending_and_known(arrivals: Arrivals):
    assert arrivals.note("digits", blob(), 1_795_262_400) == 1_795_262_400

    assert list(arrivals.pending("digits", range(1_795_262_400 + 1))) == [blob()]
    assert arrivals.known("digits") == {("digits/a.parquet", "0x8DE1")}
    assert arrivals.admitted("digits") == frozenset()


def test_nothing_is_known_of_another_model(arrivals: Arrivals):
    arrivals.note("digits", blob(), 10)

    assert list(arrivals.pending("letters", range(10 + 1))) == []
    assert arrivals.known("letters") == frozenset()


def test_a_redelivered_note_gives_the_remembered_bucket(arrivals: Arrivals):
    arrivals.note("digits", blob(), 10)

    assert arrivals.note("digits", blob(), 20) == 10
    assert list(arrivals.pending("digits", range(20 + 1))) == [blob()]


def test_another_etag_is_another_version(arrivals: Arrivals):
    arrivals.note("digits", blob(etag="0x8DE1"), 10)

    assert arrivals.note("digits", blob(etag="0x8DE2"), 20) == 20
    assert len(arrivals.known("digits")) == 2


def test_pending_blobs_end_with_the_bucket_asked_for(arrivals: Arrivals):
    for bucket, name in [(9, "a"), (10, "b"), (100, "c"), (1_000, "d")]:
        arrivals.note("digits", blob(name), bucket)

    assert list(arrivals.pending("digits", range(8 + 1))) == []
    assert set(map(name_of, arrivals.pending("digits", range(10 + 1)))) == {"a", "b"}
    assert set(map(name_of, arrivals.pending("digits", range(999 + 1)))) == {"a", "b", "c"}
    assert set(map(name_of, arrivals.pending("digits", range(1_000 + 1)))) == {"a", "b", "c", "d"}


def test_a_settled_blob_is_no_longer_pending(arrivals: Arrivals):
    arrivals.note("digits", blob("a"), 10)
    arrivals.note("digits", blob("b"), 10)

    arrivals.settle("digits", blob("a"), None)

    assert list(arrivals.pending("digits", range(10 + 1))) == [blob("b")]
    assert len(arrivals.known("digits")) == 2


def test_only_blobs_found_fit_are_admitted(arrivals: Arrivals):
    for name, problem in [("a", None), ("b", "it is cut off"), ("c", None)]:
        arrivals.note("digits", blob(name), 10)
        arrivals.settle("digits", blob(name), problem)
    arrivals.note("digits", blob("d"), 10)

    assert arrivals.admitted("digits") == {
        ("digits/a.parquet", "0x8DE1"),
        ("digits/c.parquet", "0x8DE1"),
    }


def test_a_settled_blob_that_is_noted_again_stays_settled(arrivals: Arrivals):
    arrivals.note("digits", blob(), 10)
    arrivals.settle("digits", blob(), None)

    assert arrivals.note("digits", blob(), 20) == 10
    assert list(arrivals.pending("digits", range(20 + 1))) == []
    assert len(arrivals.admitted("digits")) == 1


@pytest.mark.parametrize("second", [None, "it is cut off"], ids=["fit", "unfit"])
def test_the_first_verdict_on_a_blob_stays(arrivals: Arrivals, second: str | None):
    first = None if second else "it is cut off"
    arrivals.note("digits", blob(), 10)
    arrivals.settle("digits", blob(), first)

    arrivals.settle("digits", blob(), second)

    assert len(arrivals.admitted("digits")) == (1 if first is None else 0)


def test_a_long_problem_is_recorded(arrivals: Arrivals):
    arrivals.note("digits", blob(), 10)

    arrivals.settle("digits", blob(), "größer – " * 20_000)

    assert list(arrivals.pending("digits", range(10 + 1))) == []
    assert arrivals.admitted("digits") == frozenset()


def test_a_changed_blob_is_pending_again(arrivals: Arrivals):
    arrivals.note("digits", blob(etag="0x8DE1"), 10)
    arrivals.settle("digits", blob(etag="0x8DE1"), None)

    assert arrivals.note("digits", blob(etag="0x8DE2"), 20) == 20

    assert list(arrivals.pending("digits", range(20 + 1))) == [blob(etag="0x8DE2")]


def test_notes_at_the_same_time_agree_on_one_bucket(arrivals: Arrivals):
    with ThreadPoolExecutor(8) as threads:
        buckets = set(threads.map(lambda n: arrivals.note("digits", blob(), n), range(10, 18)))

    assert len(buckets) == 1
    assert list(arrivals.pending("digits", range(buckets.pop() + 1))) == [blob()]


def test_verdicts_at_the_same_time_leave_one(arrivals: Arrivals):
    arrivals.note("digits", blob(), 10)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: arrivals.settle("digits", blob(), None), range(8)))

    assert list(arrivals.pending("digits", range(10 + 1))) == []
    assert len(arrivals.admitted("digits")) == 1


def test_a_thousand_and_more_blobs_are_all_found(arrivals: Arrivals):
    names = [f"{n:04d}" for n in range(1_010)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda name: arrivals.note("digits", blob(name), 10), names))

    assert sorted(map(name_of, arrivals.pending("digits", range(10 + 1)))) == names
    assert len(arrivals.known("digits")) == 1_010


def name_of(one: BlobVersion) -> str:
    return one.path.removeprefix("digits/").removesuffix(".parquet")
