"""Whether one column drifted, and why."""

from msgspec import Struct

from drift.policy import THRESHOLDS, Judging
from drift.results import ColumnVerdict, Compared, Figure

_CATEGORIES = ("categorical", "boolean")


def judged(compared: Compared, p_adjusted: float | None, judging: Judging) -> ColumnVerdict:
    """A column under a policy: drifted if its score is large, no chance, and of enough rows.

    What bounds of errors leave open counts for the column: what the score is for certain has to
    reach the threshold. A column without a score, because of a problem or because the statistic is
    not defined for it, is neither drifted nor calm, unless no window holds any value at all.
    """
    statistic = judging.categorical if compared.kind in _CATEGORIES else judging.numeric
    figure = compared.statistics.get(statistic, Figure(value=None))
    case = _Case(
        compared=compared,
        statistic=statistic,
        figure=figure,
        threshold=THRESHOLDS[statistic] if judging.threshold is None else judging.threshold,
        p_value=1.0 if p_adjusted is None else p_adjusted,
        judging=judging,
    )
    return ColumnVerdict(
        name=compared.name,
        kind=compared.kind,
        statistic=None if figure.value is None else statistic,
        score=figure.value,
        threshold=None if figure.value is None else case.threshold,
        effect=compared.effect,
        p_value=compared.p_value,
        p_adjusted=p_adjusted,
        drifted=figure.value is not None and not case.against(),
        error_bound=figure.error,
        calm=case.calm(),
        reason=case.reason(),
    )


class _Case(Struct, frozen=True, kw_only=True):
    """All that a column is judged by."""

    compared: Compared
    statistic: str
    figure: Figure
    threshold: float
    p_value: float
    judging: Judging

    def against(self) -> list[str]:
        """What speaks against a drift; nothing, if the column drifted."""
        score, effect = self.figure.value or 0.0, self.compared.effect or 0.0
        certain, alpha, floor = self.figure.at_least, self.judging.alpha, self.judging.floor
        found = []
        if certain < self.threshold:
            off = f", {certain:.3g} for certain," if score >= self.threshold else ""
            found.append(f"its {self.statistic} {score:.3g}{off} is below {self.threshold:g}")
        if self.p_value > alpha:
            found.append(f"it may be chance (adjusted p-value {self.p_value:.2g} above {alpha:g})")
        if effect < floor:
            found.append(f"only {effect:.1%} of the rows moved, less than {floor:.1%}")
        return found

    def calm(self) -> bool:
        """Whether it does not even come near, or nothing is there that could."""
        if self.figure.value is None:
            return self.compared.problem is None and self.compared.kind == "empty"
        near = self.judging.calm * self.threshold
        return self.figure.value < near or self.p_value > self.judging.alpha

    def reason(self) -> str:
        """Why, in one sentence."""
        if self.compared.problem is not None:
            return f"Cannot be compared: {self.compared.problem}."
        if self.compared.kind == "empty":
            return "Stable: neither window holds a value."
        if self.figure.value is None:
            return f"Cannot be judged: {self.statistic} is not defined for it."
        against = self.against()
        if against:
            return f"Stable: {', and '.join(against)}."
        return f"Drifted: {', and '.join(self.grounds())}."

    def grounds(self) -> list[str]:
        """What speaks for a drift, of what the policy asks for."""
        found = [f"its {self.statistic} {self.figure.value or 0.0:.3g} reaches {self.threshold:g}"]
        if self.judging.floor > 0:
            found.append(f"at least {self.compared.effect or 0.0:.1%} of the rows moved")
        if self.judging.alpha < 1:
            found.append(f"it is no chance (adjusted p-value {self.p_value:.2g})")
        return found
