"""An examiner that opens nothing: whoever plays the strangers says what is in their files."""

from decisions.actions import Version
from decisions.events import Comparison
from decisions.names import digest
from decisions.policies import GatePolicy
from decisions.ports import Admitted, BlobVersion, Refused


class MemoryExaminer:
    """Port `Examiner`; `scores` maps a run to its score, `unfit` a path to what is wrong."""

    def __init__(self) -> None:
        self.scores: dict[str, float] = {}
        self.unfit: dict[str, str] = {}
        self.harmful: dict[str, Refused] = {}
        self.rows = 1000

    def inspect(self, blob: BlobVersion) -> str | None:
        """What is wrong with a data file, as it was told."""
        return self.unfit.get(blob.path)

    def admit(self, run: str) -> Admitted | Refused:
        """Admit what was not said to be harmful."""
        return self.harmful.get(run) or Admitted(sha256=digest(run))

    def evaluate(
        self,
        run: str,
        sha256: str,  # noqa: ARG002 - Nothing is loaded here.
        champion: Version | None,
        gate: GatePolicy,
    ) -> Comparison:
        """Compare the scores that were told; the bound is the bare gain."""
        ours = self.scores[run]
        theirs = self.scores[champion.run] if champion else None
        gain = None if theirs is None else (ours - theirs) * (1 if gate.goal == "maximize" else -1)
        return Comparison(
            metric=gate.metric,
            rows=self.rows,
            challenger=ours,
            champion=champion.version if champion else None,
            champion_score=theirs,
            gain=gain,
            lower=gain,
            confidence=gate.confidence,
        )

    def question(self, run: str) -> bytes:
        """One row of nothing."""
        return digest(run).encode()
