"""What an instance pays before its first event: the import of the app."""

from benchmarks.measure import Figure, median_ratio, printed_seconds

_IMPORT = (
    "import sys, time; begin = time.perf_counter(); __import__(sys.argv[1]); "
    "print(time.perf_counter() - begin)"
)


def figures() -> list[Figure]:
    """The import of the app against that of the library that it cannot do without."""
    ratio = median_ratio(
        15,
        lambda: printed_seconds(_IMPORT, "function_app"),
        lambda: printed_seconds(_IMPORT, "azure.functions"),
    )
    return [
        Figure(
            what="import function_app / import azure.functions",
            value=f"{ratio:.2f}",
            bound="at most 1.20",
            holds=ratio <= 1.2,
        )
    ]
