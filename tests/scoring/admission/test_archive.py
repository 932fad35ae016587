"""Packed folders: what they may hold, and what they may not become."""

import io
import stat
import tarfile
import zipfile
from collections.abc import Callable, Mapping

import pytest

from scoring.admission.archive import model_of
from scoring.admission.verdict import Limits, Refused
from tests.scoring.models import constant

MODEL = constant(1.0)
KIB = 1 << 10
Pack = Callable[[Mapping[str, bytes]], bytes]


def zipped(entries: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()


def zipped_link(kind: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        entry = zipfile.ZipInfo("model/model.onnx")
        entry.external_attr = (kind | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    return file.getvalue()


def tarred(entries: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for name, content in entries.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return file.getvalue()


def tarred_kind(kind: bytes, name: str = "model/model.onnx") -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        entry = tarfile.TarInfo(name)
        entry.type, entry.linkname = kind, "/etc/passwd"
        archive.addfile(entry)
    return file.getvalue()


def overlapping(copies: int) -> bytes:
    """A zip whose entries all are the same compressed bytes: small, without a large ratio each."""
    content = zipped({"aaaa": bytes(range(256)) * 4 * KIB})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        start = archive.start_dir
    directory, end = content[start:-22], content[-22:]
    count = copies.to_bytes(2, "little")
    size = (len(directory) * copies).to_bytes(4, "little")
    return content[:start] + directory * copies + end[:8] + count + count + size + end[16:]


def refusal(content: bytes, limits: Limits | None = None) -> Refused:
    with pytest.raises(Refused) as refused:
        model_of(content, limits or Limits())
    return refused.value


@pytest.mark.parametrize("pack", [zipped, tarred], ids=["zip", "tar.gz"])
def test_gives_the_bytes_of_the_only_model(pack: Pack):
    entries = {"model/MLmodel": b"flavors: {}", "model/model.onnx": MODEL, "model/a/b.txt": b"x"}
    content, found = model_of(pack(entries), Limits())
    assert content == MODEL
    assert found.startswith("3 entries, ")


@pytest.mark.parametrize("pack", [zipped, tarred], ids=["zip", "tar.gz"])
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../model.onnx", "traversal"),
        ("a/../../model.onnx", "traversal"),
        ("a\\..\\..\\model.onnx", "traversal"),
        ("/etc/model.onnx", "absolute_path"),
        ("C:\\model.onnx", "absolute_path"),
    ],
)
def test_refuses_names_outside_the_folder(pack: Pack, name: str, code: str):
    problem = refusal(pack({"model/model.onnx": MODEL, name: MODEL}))
    assert problem.code == code
    assert str(problem).startswith("the archive's ")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (zipped_link(stat.S_IFLNK), "symbolic_link"),
        (zipped_link(stat.S_IFIFO), "special_file"),
        (tarred_kind(tarfile.SYMTYPE), "symbolic_link"),
        (tarred_kind(tarfile.LNKTYPE), "hard_link"),
        (tarred_kind(tarfile.FIFOTYPE), "special_file"),
        (tarred_kind(tarfile.BLKTYPE), "special_file"),
        (tarred_kind(tarfile.CHRTYPE), "special_file"),
        (tarred_kind(tarfile.GNUTYPE_SPARSE), "special_file"),
    ],
    ids=[
        "link in a zip",
        "pipe in a zip",
        "symbolic link",
        "hard link",
        "pipe",
        "block device",
        "character device",
        "file with holes",
    ],
)
def test_refuses_links_and_devices(content: bytes, code: str):
    assert refusal(content).code == code


@pytest.mark.parametrize(
    "content",
    [
        zipped({"model.onnx": bytes(64 << 20)}),
        tarred({"model.onnx": bytes(64 << 20)}),
        overlapping(200),
    ],
    ids=["zip", "tar.gz", "overlapping entries"],
)
def test_refuses_a_bomb(content: bytes):
    assert len(content) < 256 * KIB
    assert refusal(content).code == "bomb"


def test_a_bomb_is_not_unpacked_beyond_the_bound():
    content = tarred({"filler": bytes(8 << 20), "model.onnx": MODEL})
    problem = refusal(content, Limits(unpacked=2 << 20))
    assert str(problem).startswith("the archive unpacks to more than 2,097,152 bytes")


def test_what_an_entry_declares_is_not_believed():
    content = bytearray(zipped({"model.onnx": bytes(64 << 20)}))
    real = (64 << 20).to_bytes(4, "little")
    while (at := content.find(real)) >= 0:
        content[at : at + 4] = (100).to_bytes(4, "little")
    assert refusal(bytes(content)).code == "archive"


@pytest.mark.parametrize("pack", [zipped, tarred], ids=["zip", "tar.gz"])
def test_refuses_too_many_entries(pack: Pack):
    entries = {f"{number}.txt": b"" for number in range(5)}
    problem = refusal(pack(entries), Limits(files=4))
    assert (problem.code, str(problem)) == ("files", "the archive has more than 4 entries")


@pytest.mark.parametrize(
    ("entries", "said"),
    [({"a": b""}, "has no model.onnx"), ({"a/model.onnx": b"", "b/model.onnx": b""}, "has 2 ")],
    ids=["none", "two"],
)
def test_refuses_an_archive_without_exactly_one_model(entries: dict[str, bytes], said: str):
    problem = refusal(zipped(entries))
    assert problem.code == "missing"
    assert said in str(problem)


def test_refuses_a_model_that_is_too_large_once_unpacked():
    assert refusal(zipped({"model.onnx": MODEL}), Limits(model_size=100)).code == "size"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 no archive",
        b"\x1f\x8b no archive",
        zipped({"model.onnx": MODEL})[:-30],
        tarred({"model.onnx": MODEL})[:-30],
        zipped({"model.onnx": MODEL}, zipfile.ZIP_LZMA),
    ],
    ids=["empty", "zip in name", "gzip in name", "cut zip", "cut tar.gz", "unbounded method"],
)
def test_refuses_an_archive_that_cannot_be_unpacked(content: bytes):
    assert refusal(content).code == "archive"
