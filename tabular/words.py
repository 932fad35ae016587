"""Names in a sentence, of which a wide table has too many."""

from collections.abc import Sequence

_MOST_NAMED = 5


def listed(names: Sequence[str], joint: str) -> str:
    """Names with a word between the last two, the first few of many.

    >>> listed(["a", "b", "c"], "or")
    '`a`, `b` or `c`'
    """
    shown = [f"`{name}`" for name in names[:_MOST_NAMED]]
    if len(names) > _MOST_NAMED:
        shown.append(f"{len(names) - _MOST_NAMED} more")
    return f" {joint} ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
