"""The operators of advanced filters, by Event Grid's names.

Source: learn.microsoft.com, "Event filtering for Event Grid". Each gets the value found in the
event, None for none, and the values wanted. Text is compared without regard to case. A value that
is not there satisfies the negative operators alone.
"""

from collections.abc import Callable, Sequence
from typing import Any

Test = Callable[[Any, Sequence[Any]], bool]


def _any_text(holds: Callable[[str, str], bool]) -> Test:
    def test(found: Any, wanted: Sequence[Any]) -> bool:
        return isinstance(found, str) and any(
            holds(found.casefold(), str(value).casefold()) for value in wanted
        )

    return test


def _any_number(holds: Callable[[float, float], bool]) -> Test:
    def test(found: Any, wanted: Sequence[Any]) -> bool:
        number = isinstance(found, int | float) and not isinstance(found, bool)
        return number and any(holds(found, value) for value in wanted)

    return test


def _not(test: Test) -> Test:
    return lambda found, wanted: not test(found, wanted)


def _null(found: Any, _: Sequence[Any]) -> bool:
    return found is None


_STRING_IN = _any_text(str.__eq__)
_CONTAINS = _any_text(str.__contains__)
_BEGINS = _any_text(str.startswith)
_ENDS = _any_text(str.endswith)
_NUMBER_IN = _any_number(lambda found, value: found == value)
OPERATORS: dict[str, Test] = {
    "StringIn": _STRING_IN,
    "StringNotIn": _not(_STRING_IN),
    "StringContains": _CONTAINS,
    "StringNotContains": _not(_CONTAINS),
    "StringBeginsWith": _BEGINS,
    "StringNotBeginsWith": _not(_BEGINS),
    "StringEndsWith": _ENDS,
    "StringNotEndsWith": _not(_ENDS),
    "NumberIn": _NUMBER_IN,
    "NumberNotIn": _not(_NUMBER_IN),
    "NumberLessThan": _any_number(lambda found, value: found < value),
    "NumberLessThanOrEquals": _any_number(lambda found, value: found <= value),
    "NumberGreaterThan": _any_number(lambda found, value: found > value),
    "NumberGreaterThanOrEquals": _any_number(lambda found, value: found >= value),
    "BoolEquals": lambda found, wanted: isinstance(found, bool) and found is wanted[0],
    "IsNullOrUndefined": _null,
    "IsNotNull": _not(_null),
}
