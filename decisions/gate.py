"""The gate: a challenger is registered only if it beats the champion on the same test rows."""

import math

from msgspec import Struct

from decisions.events import Comparison
from decisions.policies import GatePolicy


class Verdict(Struct, frozen=True, kw_only=True):
    """Whether the challenger won, and the sentence that says why."""

    won: bool
    sentence: str


def judge(comparison: Comparison, policy: GatePolicy) -> Verdict:
    """Compare by the policy; whatever cannot be compared is refused with the reason.

    With a confidence the one-sided paired lower bound of the gain has to exceed `min_gain`; with
    confidence 0 the bare gain has to. A tie keeps the champion.
    """
    if comparison.incomparable:
        return Verdict(won=False, sentence=f"Refused: {comparison.incomparable}.")
    if not _finite(comparison.challenger):
        return Verdict(won=False, sentence=f"Refused: {comparison.metric} is missing or no number.")
    if comparison.champion is None:
        return Verdict(won=True, sentence=f"Won: {_score(comparison)}, and there is no champion.")
    if not (_finite(comparison.champion_score) and _finite(comparison.gain)):
        return Verdict(
            won=False,
            sentence=f"Refused: champion version {comparison.champion} has no {comparison.metric} "
            "on these rows.",
        )
    return _against_champion(comparison, policy)


def _against_champion(comparison: Comparison, policy: GatePolicy) -> Verdict:
    margin = comparison.lower if policy.confidence else comparison.gain
    if margin is None or not math.isfinite(margin):
        return Verdict(won=False, sentence="Refused: the gain has no confidence bound.")
    won = margin > policy.min_gain
    sure = f" (at least {margin:+.4f} with {policy.confidence:.0%} confidence)"
    return Verdict(
        won=won,
        sentence=f"{'Won' if won else 'Refused'}: {_score(comparison)} against "
        f"{comparison.champion_score:.4f} of champion version {comparison.champion}; the gain of "
        f"{comparison.gain:+.4f}{sure if policy.confidence else ''} is "
        f"{'' if won else 'not '}above {policy.min_gain:+.4f}.",
    )


def _score(comparison: Comparison) -> str:
    return f"{comparison.metric} {comparison.challenger:.4f} on {comparison.rows} test rows"


def _finite(number: float | None) -> bool:
    return number is not None and math.isfinite(number)
