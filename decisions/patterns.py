"""Which blobs a pattern names: `*` and `?` stay within a folder, `**` does not."""

import re
from functools import lru_cache

_TOKENS = re.compile(r"\*\*/|\*\*|\*|\?|[^*?]+")
_MEANINGS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def matches(pattern: str, path: str) -> bool:
    """Whether a path is named by a pattern.

    >>> matches("digits/*.parquet", "digits/a.parquet")
    True
    >>> matches("digits/*.parquet", "digits/2026/a.parquet")
    False
    >>> matches("digits/**/*.parquet", "digits/2026/11/a.parquet")
    True
    """
    return _compiled(pattern).fullmatch(path) is not None


def prefix(pattern: str) -> str:
    """The fixed beginning of a pattern: what a listing can be narrowed to.

    >>> prefix("digits/2026-*.parquet")
    'digits/2026-'
    """
    return re.split(r"[*?]", pattern, maxsplit=1)[0]


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = (_MEANINGS.get(token) or re.escape(token) for token in _TOKENS.findall(pattern))
    return re.compile("".join(parts))
