r"""How the page writes numbers, moments and names; every function takes what may be None.

>>> share(0.314), share(0.0001), share(None)
('31.4\u202f%', '<\u202f0.1\u202f%', '–')
>>> number(0.41234), number(12345.6), number(0.00001)
('0.412', '12,346', '<\u202f0.001')
>>> probability(0.00001), probability(0.0123), probability(1.0)
('<\u202f0.0001', '0.012', '1')
"""

import unicodedata
from datetime import UTC, datetime, timedelta

NONE = "–"
LONGEST = 120

STATISTICS = {
    "psi": "PSI",
    "ks": "Kolmogorov–Smirnov",
    "wasserstein": "Wasserstein",
    "jensen_shannon": "Jensen–Shannon",
    "chi_square": "Chi-square",
    "total_variation": "Total variation",
}


def number(value: float | None) -> str:
    """A score with three significant digits, and at most three decimals."""
    if value is None:
        return NONE
    if 0 < abs(value) < 0.001:
        return "<\u202f0.001" if value > 0 else ">\u202f−0.001"
    if abs(value) >= 1000:
        return f"{value:,.0f}".replace("-", "−")
    return (f"{value:.3g}" if abs(value) >= 1 else f"{round(value, 3):g}").replace("-", "−")


def share(value: float | None) -> str:
    """A share of rows in percent."""
    if value is None:
        return NONE
    if 0 < value < 0.0005:
        return "<\u202f0.1\u202f%"
    return f"{round(100 * value, 1):g}\u202f%"


def probability(value: float | None) -> str:
    """A p-value with two significant digits."""
    if value is None:
        return NONE
    return "<\u202f0.0001" if value < 0.0001 else f"{value:.2g}"


def count(value: int) -> str:
    """A number of rows, with commas."""
    return f"{value:,}"


def moment(value: datetime) -> str:
    """A moment in UTC, to the minute."""
    return f"{value.astimezone(UTC):%-d %b %Y, %H:%M} UTC"


def day(seconds: float) -> str:
    """The day of a date column's value, which is seconds since 1970."""
    return f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds):%-d %b %Y}"


def statistic(name: str | None) -> str:
    """What people call a statistic."""
    return NONE if name is None else STATISTICS.get(name, name.replace("_", " ").capitalize())


def shorten(text: str, longest: int = LONGEST) -> str:
    r"""A name as it can be shown: on one line, not endless, without characters that cannot be seen.

    >>> shorten("a\tb\x00" + "c" * 9, longest=8)
    'a b�ccc…'
    """
    if len(text) > longest:
        text = text[: longest - 1] + "…"
    return "".join(map(_visible, text))


def quoted(name: str, longest: int = LONGEST) -> str:
    """A name within a sentence, whose own direction of writing stays within the quotes."""
    return f"“\u2068{shorten(name, longest)}\u2069”"


def narrow(text: str, columns: int) -> str:
    """A label cut to a width, in which East Asian characters take two columns.

    >>> narrow("漢字漢字漢字", 7)
    '漢字…'
    """
    width = 0
    for at, character in enumerate(text):
        width += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if width > columns:
            return text[: at - 1] + "…"
    return text


def _visible(character: str) -> str:
    if character.isspace():
        return " "
    hidden = unicodedata.category(character) in ("Cc", "Cs", "Cn")
    return "�" if hidden or unicodedata.bidirectional(character) in _TURNS else character


_TURNS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
"""What changes the direction of the text that follows, which a name must not do to a sentence."""
