"""Uploaded files are opened in batches; one that is broken or out of reach stops no other."""

import pytest

from adapters.memory.arrivals import MemoryArrivals
from adapters.memory.examiner import MemoryExaminer
from decisions import names
from decisions.actions import InspectArrivals
from decisions.codec import encode
from decisions.errors import Rejected
from decisions.events import DataInspected
from decisions.ports import BlobVersion
from handlers.inspection import inspect
from tests.handlers.ports import MemoryPorts

ITEM = InspectArrivals(model="digits", bucket=0)
LARGEST_MESSAGE = 256 * 1024


class OneThatCannotBeOpened(MemoryExaminer):
    """An examiner that trips over one file in a way that says nothing of the file."""

    def inspect(self, blob: BlobVersion) -> str | None:
        if blob.path.endswith("/odd.parquet"):
            raise Rejected("403 of one blob")
        return super().inspect(blob)


class ArrivalsThatDie(MemoryArrivals):
    """A memory whose process dies at the n-th verdict."""

    def __init__(self, verdicts: int) -> None:
        super().__init__()
        self.verdicts = verdicts

    def settle(self, model: str, blob: BlobVersion, problem: str | None) -> None:
        self.verdicts -= 1
        if self.verdicts == -1:
            raise ConnectionError("the process is gone")
        super().settle(model, blob, problem)


def upload(ports: MemoryPorts, *paths: str) -> None:
    for path in paths:
        ports.arrivals.note("digits", ports.blobs.upload("data", path, b"rows"), 0)


def told(ports: MemoryPorts) -> list[DataInspected]:
    return [one for one in ports.lane() if isinstance(one, DataInspected)]


def test_thousands_of_broken_files_make_messages_that_a_queue_takes():
    ports = MemoryPorts()
    paths = [f"digits/{number:03d}{'x' * 1000}.parquet" for number in range(120)]
    ports.examiner.unfit = dict.fromkeys(paths, "the file is cut short" * 10)
    upload(ports, *paths)
    inspect(ITEM, ports)
    assert [len(one.quarantined) for one in told(ports)] == [50, 50, 20]
    assert all(len(encode(one)) < LARGEST_MESSAGE for one in told(ports))
    assert ports.arrivals.pending("digits", range(1)) == []


def test_file_that_cannot_be_opened_holds_back_no_other():
    ports = MemoryPorts(examiner=OneThatCannotBeOpened())
    upload(ports, "digits/a.parquet", "digits/odd.parquet", "digits/z.parquet")
    with pytest.raises(Rejected, match="403 of one blob"):
        inspect(ITEM, ports)
    assert [one.admitted for one in told(ports)] == [2]
    (left,) = ports.arrivals.pending("digits", range(1))
    assert left.path == "digits/odd.parquet"


def test_quarantined_file_keeps_a_name_that_storage_takes():
    ports = MemoryPorts()
    path = f"digits/{'x' * 1000}.parquet"
    ports.examiner.unfit[path] = "the file is cut short"
    upload(ports, path)
    inspect(ITEM, ports)
    place = f"digits/{names.digest(path)}/{ports.blobs.find('data', path).etag}/reason.json"
    assert path in ports.blobs.read("quarantine", place).decode()


@pytest.mark.parametrize("verdicts", range(4))
def test_broken_file_told_again_after_a_crash_is_the_same_news(verdicts: int):
    ports = MemoryPorts(arrivals=ArrivalsThatDie(verdicts))
    broken = ["digits/b.parquet", "digits/c.parquet"]
    ports.examiner.unfit = dict.fromkeys(broken, "the file is cut short")
    upload(ports, "digits/a.parquet", *broken, "digits/d.parquet")
    with pytest.raises(ConnectionError):
        inspect(ITEM, ports)
    inspect(ITEM, ports)
    first = {one.quarantined[0].path for one in told(ports) if one.quarantined}
    assert first == {"data/digits/b.parquet"}
    assert ports.arrivals.pending("digits", range(1)) == []
