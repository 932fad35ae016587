r"""Rows of a table that is partitioned by model: documents in properties, changes all or nothing.

Limits of Azure Tables (learn.microsoft.com, "Understanding the Table service data model"): a
property holds 64 KiB, a string two bytes a UTF-16 unit, an entity 1 MiB, and a key none of the
characters / \ # ?.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables import TableClient, TableEntity, TableErrorCode, UpdateMode

from adapters.errors import translated

_ROLE = "Storage Table Data Contributor"
_PIECE = 16_000  # Characters; each takes at most two UTF-16 units, which are four bytes.
_LARGEST_PAGE = 1_000

Properties = Mapping[str, Any]
Change = tuple[str, dict[str, Any], dict[str, Any]]


class Rows:
    """The rows of one table."""

    def __init__(self, table: TableClient) -> None:
        self._table = table

    def find(self, model: str, key: str) -> TableEntity | None:
        """One row, if it is there."""
        with translated(f"read {key} of {model} in table {self._table.table_name}", _ROLE):
            try:
                return self._table.get_entity(model, key)
            except ResourceNotFoundError as error:
                if getattr(error, "error_code", None) == TableErrorCode.TABLE_NOT_FOUND:
                    raise
                return None

    def between(
        self, model: str, first: str, end: str, *, page: int = _LARGEST_PAGE
    ) -> Iterator[TableEntity]:
        """The rows from the key `first` to before the key `end`, in the order of their keys."""
        with translated(f"read rows of {model} in table {self._table.table_name}", _ROLE):
            yield from self._table.query_entities(
                "PartitionKey eq @model and RowKey ge @first and RowKey lt @end",
                parameters={"model": model, "first": first, "end": end},
                results_per_page=min(page, _LARGEST_PAGE),
            )

    def write(self, model: str, *changes: Change) -> Sequence[str]:
        """Make changes in the partition of a model, all or none; gives the rows' new tags.

        Raises Conflict when a row to insert exists or a tag is stale, Missing when a row to
        delete is not there.
        """
        with translated(f"write rows of {model} in table {self._table.table_name}", _ROLE):
            answers = self._table.submit_transaction(
                (verb, {"PartitionKey": model, **row}, options) for verb, row, options in changes
            )
        return [answer.get("etag", "") for answer in answers]


def tag_of(row: TableEntity) -> str:
    """What `replace` needs to know that the row is still this one."""
    return row.metadata["etag"] or ""


def insert(key: str, properties: Properties) -> Change:
    """A row that must not be there yet."""
    return "create", {"RowKey": key, **properties}, {}


def put(key: str, properties: Properties) -> Change:
    """A row as it shall be, whatever it was."""
    return "upsert", {"RowKey": key, **properties}, {"mode": UpdateMode.REPLACE}


def replace(key: str, properties: Properties, tag: str) -> Change:
    """A row that must still be the one with this tag."""
    unchanged = {"etag": tag, "match_condition": MatchConditions.IfNotModified}
    return "update", {"RowKey": key, **properties}, {"mode": UpdateMode.REPLACE, **unchanged}


def delete(key: str) -> Change:
    """A row that must be there and goes."""
    return "delete", {"RowKey": key}, {}


def packed(document: bytes) -> dict[str, str]:
    """A JSON document cut into properties that each fit.

    >>> packed(b'{"a": 1}')
    {'json_000': '{"a": 1}'}
    """
    text = document.decode()
    starts = range(0, max(len(text), 1), _PIECE)
    return {f"json_{n:03d}": text[start : start + _PIECE] for n, start in enumerate(starts)}


def unpacked(row: Properties) -> bytes:
    """The JSON document of a row."""
    return "".join(row[name] for name in sorted(row) if name.startswith("json_")).encode()
