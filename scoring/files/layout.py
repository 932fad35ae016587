"""Which columns of a file the model takes, and which are handed through."""

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from scoring.errors import BadFile
from scoring.signature import Signature
from tabular.words import listed


class Layout(Struct, frozen=True):
    """The columns that the model takes, in its order, and those that are kept, in the file's."""

    features: tuple[str, ...]
    kept: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """All that is read, each once."""
        return list(dict.fromkeys((*self.features, *self.kept)))


def layout(
    file: str, columns: Sequence[str], signature: Signature, keep: Sequence[str] | None
) -> Layout:
    """The layout of a file with these columns; `keep` of None are those that no model takes.

    A model that does not name its columns takes those that are not kept, in their order. Raises
    BadFile.
    """
    _check_unique(file, columns)
    unknown = [name for name in keep or () if name not in columns]
    if unknown:
        raise _lacking(file, unknown, columns)
    kept = None if keep is None else tuple(name for name in columns if name in set(keep))
    if signature.columns is None:
        return _by_position(file, columns, signature.width, kept or ())
    missing = [name for name in signature.columns if name not in columns]
    if missing:
        raise _lacking(file, missing, columns)
    taken = set(signature.columns)
    return Layout(
        signature.columns,
        tuple(name for name in columns if name not in taken) if kept is None else kept,
    )


def _by_position(file: str, columns: Sequence[str], width: int, kept: tuple[str, ...]) -> Layout:
    features = tuple(name for name in columns if name not in set(kept))
    if len(features) != width:
        raise BadFile(
            file,
            f"has {len(features)} columns beside those to keep; the model takes {width} and does "
            "not name them: name those to keep, and no others may be left",
        )
    return Layout(features, kept)


def _check_unique(file: str, columns: Sequence[str]) -> None:
    if not columns:
        raise BadFile(file, "has no columns")
    name, times = Counter(columns).most_common(1)[0]
    if times > 1:
        raise BadFile(file, f"has {times} columns of the name `{name}`")


def _lacking(file: str, wanted: Sequence[str], columns: Sequence[str]) -> BadFile:
    has = listed(columns, "and")
    return BadFile(file, f"has no column {listed(wanted, 'or')}; it has {has}")
