"""Mathematics of change: profiles of windows, statistics, verdicts and reports.

    found = drift.compare_windows("training.parquet", "yesterday.csv.gz")
    verdict = drift.judge(found.compared, found.rows, drift.Judging(), found.missing)
    print(verdict.verdict, verdict.reason)

Either window may be a profile instead: what `drift.profile` keeps of a file, `drift.merge` adds up
and `drift.dumps` stores. `import drift` costs nothing: each public name brings what it needs when
it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from drift.errors import DriftError, NoSuchColumnsError, UnreadableError
    from drift.policy import Judging
    from drift.profiles.merging import merge
    from drift.profiles.profile import Profile, profile
    from drift.profiles.storing import dumps, loads
    from drift.results import Verdict
    from drift.verdict import judge
    from drift.windows import Comparison, compare_windows

_HOMES = {
    "Comparison": "drift.windows",
    "DriftError": "drift.errors",
    "Judging": "drift.policy",
    "NoSuchColumnsError": "drift.errors",
    "Profile": "drift.profiles.profile",
    "UnreadableError": "drift.errors",
    "Verdict": "drift.results",
    "compare_windows": "drift.windows",
    "dumps": "drift.profiles.storing",
    "judge": "drift.verdict",
    "loads": "drift.profiles.storing",
    "merge": "drift.profiles.merging",
    "profile": "drift.profiles.profile",
}

__all__ = [
    "Comparison",
    "DriftError",
    "Judging",
    "NoSuchColumnsError",
    "Profile",
    "UnreadableError",
    "Verdict",
    "compare_windows",
    "dumps",
    "judge",
    "loads",
    "merge",
    "profile",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
