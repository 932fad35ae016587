"""The share of rows whose category the reference window does not hold."""

from drift.columns import Categorical, Empty
from drift.results import Figure
from drift.statistics.bins import as_categorical


def unseen(reference: Categorical | Empty, current: Categorical | Empty) -> Figure:
    """The share of the current window's rows whose category the reference does not hold.

    Missing and invalid rows hold none. 0 for a window without rows. When categories of the
    reference were not kept, none is certain to be unseen.

    >>> from drift.build import categorical
    >>> unseen(categorical("x", ["a", "b"]), categorical("x", ["a", "c", "c", None])).value
    0.5
    """
    reference, current = as_categorical(reference), as_categorical(current)
    new = sum(count for item, count in current.items.items() if item not in reference.items)
    rows = max(current.rows, 1)
    certain = 0 if reference.other else new
    return Figure(value=new / rows, error=max(new - certain, current.other) / rows)
