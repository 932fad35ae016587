"""Rows in are rows out and rejects: counted file by file, before anything is published."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from decisions.errors import Missing
from decisions.events import Figures, Quarantined
from decisions.ports import Ports
from handlers import quarantine
from handlers.plans import Plan, PlannedFile
from handlers.results import Result


class CountedFile(Struct, frozen=True, kw_only=True):
    """A file all of whose pieces were scored, with their results in its order."""

    file: PlannedFile
    results: tuple[Result, ...]

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return sum(one.rows for one in self.results)

    @property
    def scored(self) -> int:
        """How many of them are in the output."""
        return sum(one.scored for one in self.results)

    @property
    def rejected(self) -> int:
        """How many of them are not."""
        return sum(one.rejected for one in self.results)


class Counted(Struct, frozen=True, kw_only=True):
    """The files of a batch: those that count, those that are broken, those that have changed.

    `odd` are sentences about counts that cannot be: then nobody knows what became of some rows.
    """

    files: tuple[CountedFile, ...]
    quarantined: tuple[Quarantined, ...]
    changed: tuple[PlannedFile, ...]
    odd: tuple[str, ...]

    @property
    def results(self) -> list[Result]:
        """The results of all files that count, in order."""
        return [one for file in self.files for one in file.results]

    @property
    def rows(self) -> int:
        """How many rows there are to answer for."""
        return sum(file.rows for file in self.files)

    @property
    def rejected(self) -> int:
        """How many of them were rejected."""
        return sum(file.rejected for file in self.files)


def count(plan: Plan, results: Sequence[Result], ports: Ports) -> Counted:
    """Sort the files of a batch by what became of them; broken ones are set aside for people."""
    files, broken, changed = [], [], []
    rest = iter(results)
    for file in plan.files:
        mine = tuple(next(rest) for _ in file.pieces)
        problem = file.problem or next((one.problem for one in mine if one.problem), None)
        if file.changed or any(one.changed for one in mine):
            changed.append(file)
        elif problem and _set_aside(plan.model, file, problem, ports):
            broken.append(_quarantined(file, problem))
        elif problem:
            changed.append(file)
        else:
            files.append(CountedFile(file=file, results=mine))
    return Counted(
        files=tuple(files),
        quarantined=tuple(broken),
        changed=tuple(changed),
        odd=tuple(sentence for file in files for sentence in _odd(file)),
    )


def figures(counted: Counted) -> Figures:
    """What a batch came to."""
    parts = [one for one in counted.results if one.sha256]
    return Figures(
        files=len(counted.files),
        rows=counted.rows,
        scored=sum(file.scored for file in counted.files),
        rejected=counted.rejected,
        parts=len(parts),
        size=sum(one.size for one in parts),
        quarantined=len(counted.quarantined),
        changed=len(counted.changed),
    )


def problem(plan: Plan, counted: Counted) -> str | None:
    """Why a batch must not be published, or None."""
    if counted.odd:
        return counted.odd[0]
    if not counted.files and counted.quarantined:
        first, all_files = counted.quarantined[0], _many(len(counted.quarantined), "file")
        return f"of {all_files} none can be scored; {first.path}: {first.reason}"
    limit = plan.policy.max_rejects
    share = counted.rejected / max(counted.rows, 1)
    if share > limit:
        return (
            f"{counted.rejected:,} of {_many(counted.rows, 'row')} rejected, which is {share:.2%}; "
            f"batch.max_rejects allows {limit:.2%}."
        )
    return None


def words(counted: Counted) -> str:
    """What a batch came to, in a sentence."""
    found = figures(counted)
    rows, files = _many(found.rows, "row"), _many(found.files, "file")
    left_out = [(found.quarantined, "quarantined"), (found.changed, "changed meanwhile")]
    more = "".join(f"; {_many(number, 'file')} {what}" for number, what in left_out if number)
    return f"{rows} of {files}, {found.scored:,} scored, {found.rejected:,} rejected{more}."


def _odd(file: CountedFile) -> Iterator[str]:
    """What cannot be: rows that are neither scored nor rejected, or others than the file says."""
    for result, piece in zip(file.results, file.file.pieces, strict=True):
        came = result.scored + result.rejected
        expected = result.rows if piece.rows is None else piece.rows
        if not came == result.rows == expected:
            yield (
                f"part {result.part} has {expected:,} rows of {file.file.name}, of which "
                f"{result.scored:,} were scored and {result.rejected:,} rejected: that is a defect."
            )


def _set_aside(model: str, file: PlannedFile, problem: str, ports: Ports) -> bool:
    """Whether a broken file could be kept for people; else it is another one by now."""
    try:
        quarantine.set_aside(model, file.blob, problem, ports)
    except Missing:
        return False
    return True


def _quarantined(file: PlannedFile, problem: str) -> Quarantined:
    return Quarantined(path=file.name, etag=file.blob.etag, reason=problem)


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
