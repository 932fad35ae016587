"""The profiles that a window is judged by: its version's reference, and its own, in parts if large.

A large window is cut, each part is profiled by a function of its own, and all are merged in the
end. How it was cut is written down first, so that whoever looks again asks for the same parts. A
part that is there is never made again.
"""

from collections.abc import Iterable, Sequence

import msgspec

from decisions.actions import JudgeWindow, ProfilePart, Version
from decisions.codec import encode
from decisions.errors import Missing, Rejected
from decisions.ports import BlobVersion, Ports
from handlers import logs
from handlers.reports import CONTAINER, folder

Work = JudgeWindow | ProfilePart
Span = tuple[str, str]
"""The paths of the first and the last log of a part."""


def make_reference(model: str, version: Version, ports: Ports) -> None:
    """Profile what a version was trained on. Raises Rejected when that cannot be done."""
    content = ports.profiler.reference(model, version)
    ports.blobs.write(CONTAINER, _reference(model, version), content)


def reference(model: str, version: Version, ports: Ports) -> bytes:
    """The profile of what a version was trained on. Raises Rejected when there is none."""
    try:
        return ports.blobs.read(CONTAINER, _reference(model, version))
    except Missing as error:
        reason = f"there is no profile of what version {version.version} was trained on"
        raise Rejected(reason, "no_reference") from error


def of_window(item: JudgeWindow, reference: bytes, ports: Ports) -> Iterable[bytes] | None:
    """The profiles of a window's parts; None when some had to be asked for. Raises Rejected."""
    spans = _written(item, ports)
    if spans is None:
        parts = logs.cut(logs.of_window(item.model, item.window, ports))
        if len(parts) == 1:
            return [ports.profiler.profile(parts[0], item.window, item.version, reference)]
        spans = _write(item, parts, ports)
    numbers = range(1, len(spans) + 1)
    missing = [number for number in numbers if not _is_there(item, number, ports)]
    for number in missing:
        ports.messages.work(_part(item, number, spans))
    if missing:
        return None
    return (ports.blobs.read(CONTAINER, _place(item, number)) for number in numbers)


def make_part(item: ProfilePart, ports: Ports) -> bool:
    """Profile a part, unless that is done; gives whether all are done. Raises Rejected."""
    if not _is_there(item, item.part, ports):
        found = logs.of_window(item.model, item.window, ports)
        mine = [log for log in found if item.first <= log.path <= item.last]
        known = reference(item.model, item.version, ports)
        content = ports.profiler.profile(mine, item.window, item.version, known)
        ports.blobs.write(CONTAINER, _place(item, item.part), content)
    return all(_is_there(item, number, ports) for number in range(1, item.of + 1))


def _reference(model: str, version: Version) -> str:
    return f"{model}/reference/{version.version}.profile"


def _place(item: Work, number: int) -> str:
    return f"{folder(item.model, item.window)}/part-{number:03d}.profile"


def _is_there(item: Work, number: int, ports: Ports) -> bool:
    try:
        ports.blobs.find(CONTAINER, _place(item, number))
    except Missing:
        return False
    return True


def _part(item: JudgeWindow, number: int, spans: Sequence[Span]) -> ProfilePart:
    first, last = spans[number - 1]
    return ProfilePart(
        model=item.model,
        window=item.window,
        version=item.version,
        part=number,
        of=len(spans),
        first=first,
        last=last,
        ordinal=item.ordinal,
    )


def _written(item: JudgeWindow, ports: Ports) -> list[Span] | None:
    """How the window was cut, if it was."""
    try:
        content = ports.blobs.read(CONTAINER, f"{folder(item.model, item.window)}/parts.json")
    except Missing:
        return None
    return msgspec.json.decode(content, type=list[Span])


def _write(item: JudgeWindow, parts: Sequence[Sequence[BlobVersion]], ports: Ports) -> list[Span]:
    spans = [(part[0].path, part[-1].path) for part in parts]
    ports.blobs.write(CONTAINER, f"{folder(item.model, item.window)}/parts.json", encode(spans))
    return spans
