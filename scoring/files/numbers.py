"""Numbers that stand in text, read as Arrow reads those of a CSV file; others are told apart."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scoring.signature import Signature

MISSING = ["", "NA", "N/A", "NaN", "nan", "NULL", "null", "None"]
"""How a CSV file says that it has no number."""

_LONGEST = 40
_BLANKS = " \t"
_PLAIN = {
    pa.float64(): r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$",
    pa.int64(): r"^-?[0-9]{1,18}$",
}
"""What is a number for certain."""

_PERHAPS = {
    pa.float64(): r"(?i)^[+-]?(inf|nan)",
    pa.int64(): r"(?i)^-?[0-9][0-9a-fx]*$",
}
"""What may be one for Arrow, and is tried one by one: that takes long. The rest is none."""


class Numbers:
    """Reads what a model takes from text."""

    def __init__(self, signature: Signature) -> None:
        self._whole = signature.rows.type.startswith("int")
        self.type = pa.int64() if self._whole else pa.float64()

    def of(self, values: pa.Array) -> tuple[pa.Array, dict[int, str]]:
        """The numbers, and the reason at each position that holds none though it is not missing.

        Values that are numbers already are given back.
        """
        if values.type == self.type:
            return values, {}
        given = pc.if_else(pc.is_in(values, pa.array(MISSING)), None, values)
        given = pc.utf8_trim(given, _BLANKS)
        plain = pc.match_substring_regex(given, _PLAIN[self.type]).fill_null(True)
        perhaps = pc.match_substring_regex(given, _PERHAPS[self.type]).fill_null(False)
        sound = np.array(plain)
        for at in np.flatnonzero(np.array(perhaps) & ~sound):
            sound[at] = self._fits(given[at])
        texts = given.filter(pa.array(~sound)).to_pylist()
        wrong = dict(zip(np.flatnonzero(~sound).tolist(), map(self._reason, texts), strict=True))
        return pc.if_else(pa.array(sound), given, None).cast(self.type), wrong

    def _fits(self, value: pa.Scalar) -> bool:
        try:
            value.cast(self.type)
        except pa.ArrowInvalid:
            return False
        return True

    def _reason(self, text: str) -> str:
        wanted = "a whole number" if self._whole else "a number"
        if self._whole and text.lstrip("-").isdecimal():
            wanted = "a whole number that fits int64"
        return f"expected {wanted}, found the text {text[:_LONGEST]!r}"
