"""What every adapter of the port `Blobs` keeps to, in memory and on Blob Storage."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import uuid4

import pytest
from azure.storage.blob import BlobServiceClient

from adapters.memory.blobs import MemoryBlobs
from adapters.storage.blobs import AzureBlobs
from decisions.errors import Missing
from decisions.ports import Blobs, BlobVersion

STRANGE = "digits/ä ö/#1 50%?.parquet"


class Side(Protocol):
    """A port, and the user who uploads with the ordinary SDK."""

    @property
    def port(self) -> Blobs: ...

    @property
    def container(self) -> str: ...

    def another(self) -> Blobs:
        """The same account, through a client of its own."""
        ...

    def upload(self, path: str, content: bytes) -> None: ...

    def delete(self, path: str) -> None: ...


class MemorySide:
    container = "data"

    def __init__(self) -> None:
        self.port = MemoryBlobs()

    def another(self) -> Blobs:
        return self.port

    def upload(self, path: str, content: bytes) -> None:
        self.port.upload(self.container, path, content)

    def delete(self, path: str) -> None:
        self.port.delete(self.container, path)


class AzureSide:
    def __init__(self, service: BlobServiceClient, connection: str) -> None:
        self.port = AzureBlobs(service)
        self.container = f"data-{uuid4().hex}"
        self._client = service.create_container(self.container)
        self._connection = connection

    def another(self) -> Blobs:
        # Content is sent in blocks from 64 MiB on; here from one byte on.
        service = BlobServiceClient.from_connection_string(
            self._connection, max_single_put_size=1, max_block_size=100_000
        )
        return AzureBlobs(service)

    def upload(self, path: str, content: bytes) -> None:
        self._client.upload_blob(path, content, overwrite=True)

    def delete(self, path: str) -> None:
        self._client.delete_blob(path)


@pytest.fixture(params=["memory", "azure"])
def side(request: pytest.FixtureRequest) -> Side:
    if request.param == "memory":
        return MemorySide()
    service: BlobServiceClient = request.getfixturevalue("blob_account")
    return AzureSide(service, request.getfixturevalue("storage"))


def listed(side: Side, prefix: str = "") -> list[str]:
    return sorted(one.path for one in side.port.list(side.container, prefix))


def test_an_uploaded_blob_is_listed_as_it_is_found(side: Side):
    side.upload("digits/a.parquet", b"content")

    [one] = side.port.list(side.container, "digits/")

    assert (one.container, one.path, one.size) == (side.container, "digits/a.parquet", 7)
    assert one == side.port.find(side.container, "digits/a.parquet")
    assert '"' not in one.etag


def test_a_listing_stays_below_its_prefix(side: Side):
    for path in ("digits/a", "digits/b/c", "digits2/d", "letters/e"):
        side.upload(path, b"content")

    assert listed(side, "digits/") == ["digits/a", "digits/b/c"]
    assert listed(side, "nothing/") == []


def test_own_blobs_are_found_but_not_listed(side: Side):
    side.upload("theirs", b"content")
    etag = side.port.write(side.container, "ours", b"content")
    side.port.copy(side.port.find(side.container, "theirs"), side.container, "copied")

    assert listed(side) == ["theirs"]
    assert side.port.find(side.container, "ours").etag == etag
    assert side.port.find(side.container, "copied").size == 7


def test_every_name_is_told_whoever_wrote_it(side: Side):
    side.upload("a/theirs", b"content")
    side.port.write(side.container, "a/ours", b"")
    side.port.create(side.container, "b/ours", b"content")

    assert sorted(side.port.names(side.container, "a/")) == ["a/ours", "a/theirs"]
    assert list(side.port.names(side.container, "nothing/")) == []


def test_a_blob_tells_when_it_was_last_modified(side: Side):
    before = datetime.now(UTC) - timedelta(seconds=1)
    side.upload("a", b"content")

    modified = side.port.find(side.container, "a").modified

    assert modified is not None
    assert before <= modified <= datetime.now(UTC)
    assert modified.microsecond == 0


def test_what_was_created_stays_as_it_is(side: Side):
    assert side.port.create(side.container, "a", b"first")
    etag = side.port.find(side.container, "a").etag

    assert not side.port.create(side.container, "a", b"second")
    assert not side.another().create(side.container, "a", b"third")
    assert side.port.read(side.container, "a", etag=etag) == b"first"
    assert listed(side) == []


def test_a_blob_of_others_is_not_created_again(side: Side):
    side.upload("a", b"theirs")

    assert not side.port.create(side.container, "a", b"ours")
    assert listed(side) == ["a"]


@pytest.mark.parametrize("size", [3, 300_000])
def test_of_many_hosts_exactly_one_creates_a_blob(side: Side, size: int):
    hosts = [side.port, *(side.another() for _ in range(3))]
    contents = [bytes([number]) * size for number in range(len(hosts))]

    with ThreadPoolExecutor(len(hosts)) as threads:
        created = list(
            threads.map(lambda host, one: host.create(side.container, "a", one), hosts, contents)
        )

    assert created.count(True) == 1
    assert side.port.read(side.container, "a") == contents[created.index(True)]


def test_empty_blobs_are_not_listed(side: Side):
    side.upload("empty", b"")
    side.upload("full", b"content")

    assert listed(side) == ["full"]


def test_a_user_makes_an_own_blob_theirs(side: Side):
    side.port.write(side.container, "a", b"ours")
    side.upload("a", b"theirs")

    assert listed(side) == ["a"]


def test_what_was_written_is_read_under_its_etag(side: Side):
    etag = side.port.write(side.container, "a", b"content")

    assert '"' not in etag
    assert side.port.read(side.container, "a") == b"content"
    assert side.port.read(side.container, "a", etag=etag) == b"content"


def test_empty_content_is_written_and_read(side: Side):
    side.port.write(side.container, "a", b"")

    assert side.port.read(side.container, "a") == b""
    assert side.port.read(side.container, "a", span=range(10)) == b""


def test_a_blob_changed_under_its_etag_is_missing(side: Side):
    etag = side.port.write(side.container, "a", b"before")
    side.upload("a", b"after!")

    with pytest.raises(Missing):
        side.port.read(side.container, "a", etag=etag)
    with pytest.raises(Missing):
        side.port.read(side.container, "a", etag=etag, span=range(3))


def test_a_blob_that_is_not_there_is_missing(side: Side):
    with pytest.raises(Missing, match="nothing"):
        side.port.find(side.container, "nothing")
    with pytest.raises(Missing, match="nothing"):
        side.port.read(side.container, "nothing")
    with pytest.raises(Missing, match="nothing"):
        side.port.read(side.container, "nothing", etag="0x1")


def test_a_deleted_blob_is_missing(side: Side):
    etag = side.port.write(side.container, "a", b"content")
    side.delete("a")

    with pytest.raises(Missing):
        side.port.read(side.container, "a", etag=etag)


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (range(4), b"0123"),
        (range(3, 6), b"345"),
        (range(8, 100), b"89"),
        (range(100), b"0123456789"),
        (range(10, 20), b""),
        (range(50, 60), b""),
        (range(3, 3), b""),
    ],
    ids=["first", "middle", "beyond the end", "all", "at the end", "after the end", "empty"],
)
def test_a_span_ends_where_the_blob_ends(side: Side, span: range, expected: bytes):
    etag = side.port.write(side.container, "a", b"0123456789")

    assert side.port.read(side.container, "a", span=span) == expected
    assert side.port.read(side.container, "a", etag=etag, span=span) == expected


def test_a_copy_has_the_content_of_its_version(side: Side):
    side.upload("a", b"content")

    side.port.copy(side.port.find(side.container, "a"), side.container, "b/a")
    side.port.copy(side.port.find(side.container, "a"), side.container, "b/a")

    assert side.port.read(side.container, "b/a") == b"content"


def test_a_version_that_is_gone_is_not_copied(side: Side):
    side.upload("a", b"before")
    version = side.port.find(side.container, "a")
    side.upload("a", b"after!")

    with pytest.raises(Missing):
        side.port.copy(version, side.container, "b")
    with pytest.raises(Missing):
        side.port.copy(
            BlobVersion(container=side.container, path="nothing", etag="0x1", size=1),
            side.container,
            "b",
        )
    with pytest.raises(Missing):
        side.port.find(side.container, "b")


def test_any_character_may_stand_in_a_path(side: Side):
    side.upload(STRANGE, b"content")

    [one] = side.port.list(side.container, "digits/ä")
    side.port.copy(one, side.container, f"copied/{STRANGE}")

    assert one.path == STRANGE
    assert side.port.read(side.container, STRANGE, etag=one.etag) == b"content"
    assert side.port.read(side.container, f"copied/{STRANGE}") == b"content"


def test_a_url_names_one_blob_and_holds_no_secret(side: Side):
    side.port.write(side.container, "a", b"content")

    url = side.port.url(side.container, "digits/a.parquet")

    assert url.endswith(f"/{side.container}/digits/a.parquet")
    assert "?" not in url


def test_content_of_five_megabytes_comes_back_whole(side: Side):
    content = bytes(range(256)) * 20_000

    etag = side.port.write(side.container, "a", content)

    assert side.port.read(side.container, "a", etag=etag) == content
    assert side.port.read(side.container, "a", span=range(4_999_999, 5_000_002)) == b"?@A"
