"""The report as it is stored: everything that the page shows, so that it can be made again."""

from datetime import datetime

import msgspec
from msgspec import Struct

from drift.results import Compared, Verdict, Word

SCHEMA = 1


class Point(Struct, frozen=True, kw_only=True):
    """An earlier window, or this one, in the history of the scores.

    `column` drifted most; `ratio` is its score as a multiple of its threshold. Both are None when
    nothing could be compared.
    """

    end: datetime
    verdict: Word
    column: str | None = None
    ratio: float | None = None


class Incident(Struct, frozen=True, kw_only=True):
    """A drift that lasts, from raised to cleared; it is open while `cleared` is None."""

    id: str
    raised: datetime
    cleared: datetime | None = None


class Report(Struct, frozen=True, kw_only=True):
    """A window, what it was compared with, and what came of it.

    `title` names what was watched: a model or a file. `version` is the model's version whose
    reference was used; `start` and `end` bound the current window. `reference` and `current` say
    where the rows came from. `missing` columns are in the reference alone. `history` is in
    the order of time and ends with this window.
    """

    schema: int = SCHEMA
    title: str
    version: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    made_at: datetime
    reference: str
    current: str
    verdict: Verdict
    compared: tuple[Compared, ...]
    missing: tuple[str, ...] = ()
    history: tuple[Point, ...] = ()
    incidents: tuple[Incident, ...] = ()


class _Schema(Struct, frozen=True):
    """All that is read of a document before its schema is known."""

    schema: int


def dumps(report: Report) -> bytes:
    """The document as JSON, the same bytes for the same report."""
    return msgspec.json.encode(report, order="deterministic")


def loads(document: bytes) -> Report:
    """A report as `dumps` wrote it.

    Raises:
        ValueError: It is no report, or one of a newer release.
    """
    try:
        schema = msgspec.json.decode(document, type=_Schema).schema
        if schema > SCHEMA:
            raise ValueError(
                f"this report has schema {schema}, and this release reads up to {SCHEMA}: "
                "read it with the release that wrote it"
            )
        return msgspec.json.decode(document, type=Report)
    except msgspec.MsgspecError as error:
        raise ValueError(f"this is no report on drift: {error}") from error
