"""One set of columns for all files of an output, whose formats may give them other types."""

from collections.abc import Sequence

import pyarrow as pa

from scoring.batch.writing.opening import Writer
from scoring.errors import BadFile
from tabular.words import listed


class Cast:
    """A writer that takes the columns of one file, and gives them the types of all."""

    def __init__(self, writer: Writer, schema: pa.Schema) -> None:
        self._writer, self._schema = writer, schema

    def write(self, table: pa.Table) -> None:
        """Add rows."""
        self._writer.write(table.select(self._schema.names).cast(self._schema))

    def close(self) -> None:
        """The writer beneath belongs to others."""


def common(schemas: Sequence[tuple[str, pa.Schema]]) -> pa.Schema:
    """The columns of files with these names; where one has text and another numbers, it is text.

    Raises BadFile when a file has other columns than the first, or of types that have none in
    common.
    """
    first, wanted = schemas[0]
    for file, schema in schemas[1:]:
        if sorted(schema.names) != sorted(wanted.names):
            cause = f"leaves {_names(schema)}, where {first} leaves {_names(wanted)}"
            raise BadFile(file, f"{cause}: name the columns to keep")
    return pa.schema([_field(name, schemas) for name in wanted.names])


def _names(schema: pa.Schema) -> str:
    return listed(schema.names, "and")


def _field(name: str, schemas: Sequence[tuple[str, pa.Schema]]) -> pa.Field:
    fields = {file: schema.field(name) for file, schema in schemas}
    kinds = {field.type for field in fields.values()}
    if len(kinds) == 1:
        return schemas[0][1].field(name)
    if pa.string() in kinds and all(map(_is_plain, kinds)):
        return pa.field(name, pa.string())
    try:
        alike = [pa.schema([field]) for field in fields.values()]
        return pa.unify_schemas(alike, promote_options="permissive").field(name)
    except pa.ArrowException as error:
        file, last = list(fields.items())[-1]
        cause = f"holds {last.type} in its column `{name}`, where others hold what is unlike it"
        raise BadFile(file, f"{cause}: do not keep it") from error


def _is_plain(kind: pa.DataType) -> bool:
    return any(
        is_of(kind) for is_of in (pa.types.is_string, pa.types.is_integer, pa.types.is_floating)
    )
