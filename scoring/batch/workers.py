"""Several workers, and their results in the order of the work: at most a few are in memory."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

_Work = TypeVar("_Work")
_Result = TypeVar("_Result")


def in_order(
    do: Callable[[_Work], _Result], work: Iterable[_Work], workers: int
) -> Iterator[_Result]:
    """The result of each piece of work, in order; one more is taken up than there are workers.

    Threads do it, since all that is heavy here lets go of the interpreter. Whoever takes the
    results also takes up the work, so that neither runs ahead of the other.
    """
    begun: deque[Future[_Result]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for one in work:
                begun.append(pool.submit(do, one))
                if len(begun) > workers:
                    yield begun.popleft().result()
            while begun:
                yield begun.popleft().result()
        finally:
            for waiting in begun:
                waiting.cancel()
