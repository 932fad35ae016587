"""Numbers that stand in text, read as Arrow reads those of a CSV file; others are told apart."""

import pyarrow as pa
import pyarrow.compute as pc

from scoring.signature import Signature

MISSING = ["", "NA", "N/A", "NaN", "nan", "NULL", "null", "None"]
"""How a CSV file says that it has no number."""

_LONGEST = 40
_BLANKS = " \t"
_PLAIN = {
    pa.float64(): r"^-?[0-9]{1,15}(\.[0-9]{0,15})?$",
    pa.int64(): r"^-?[0-9]{1,18}$",
}
"""What is a number for certain. The rest is tried one by one."""


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
        doubtful = pc.indices_nonzero(pc.invert(plain)).to_pylist()
        wrong = {
            at: self._reason(given[at].as_py()) for at in doubtful if not self._fits(given[at])
        }
        if wrong:
            sound = pa.array([at not in wrong for at in range(len(given))])
            given = pc.if_else(sound, given, None)
        return given.cast(self.type), wrong

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
