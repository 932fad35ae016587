"""Opens what strangers made: data files, and the models and evidence that runs leave."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import msgspec

from adapters import datafile
from decisions.actions import Version
from decisions.errors import Missing, Rejected
from decisions.events import Comparison
from decisions.policies import GatePolicy
from decisions.ports import Admitted, Blobs, BlobVersion, Refused

if TYPE_CHECKING:
    from scoring.comparable import Contender
    from scoring.compare import Comparison as Compared

_RUNS = "runs"
_MODEL = "model/model.onnx"
_TEST, _ROWS = "evidence/test.parquet", "evidence/rows.parquet"


class ScoringExaminer:
    """Port `Examiner`: fetches blobs into a folder of its own and lets `scoring` judge them."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    def inspect(self, blob: BlobVersion) -> str | None:
        """What is wrong with a data file, or None; only as much as is needed is read."""
        # The event of a file in a hierarchical namespace may come without its size.
        size = blob.size or self._blobs.find(blob.container, blob.path).size

        def read(span: range) -> bytes:
            return self._blobs.read(blob.container, blob.path, etag=blob.etag, span=span)

        return datafile.problem(blob.path, size, read)

    def admit(self, run: str) -> Admitted | Refused:
        """Examine the model file that a run left, without trusting it or its test rows."""
        from scoring.admission.admit import DEFAULT, admit
        from scoring.admission.verdict import Admission

        try:
            # One byte too many is enough to be refused by.
            with self._fetched(run, _MODEL, most=DEFAULT.model_size + 1) as folder:
                verdict = admit(
                    folder / "model", evidence=self._test_rows(run, DEFAULT.evidence_size + 1)
                )
        except Missing as error:
            return Refused(code="no_model", reason=f"the run left no model: {error}")
        if isinstance(verdict, Admission):
            return Admitted(sha256=verdict.sha256)
        return Refused(code=verdict.code, reason=verdict.sentence)

    def evaluate(
        self, run: str, sha256: str, champion: Version | None, gate: GatePolicy
    ) -> Comparison:
        """Score a run's model, and the champion, on the run's test rows."""
        from scoring import compare, evidence
        from scoring.errors import ScoringError

        try:
            with self._fetched(run, _MODEL, _TEST, _ROWS) as folder:
                rows = evidence.read_test_rows(folder / "evidence")
                found = compare.compare(
                    gate.metric,
                    gate.goal,
                    rows,
                    _contender(folder, sha256),
                    self._champion(champion),
                    gate.confidence,
                )
        except (ScoringError, Missing) as error:
            found = compare.Comparison(
                metric=gate.metric, rows=0, confidence=gate.confidence, incomparable=str(error)
            )
        return _comparison(found, champion)

    def question(self, run: str) -> bytes:
        """A scoring request of the first rows that a run held back for its test."""
        from pyarrow.parquet import read_table

        with self._fetched(run, _TEST) as folder:
            table = read_table(folder / _TEST).drop_columns(["label"]).slice(0, 2)
        rows = table.to_pydict()
        data = [list(row) for row in zip(*rows.values(), strict=True)]
        if not data:
            raise Rejected(f"run {run} left no test rows to ask about", "no_rows")
        question = {"columns": list(rows), "index": list(range(len(data))), "data": data}
        return msgspec.json.encode({"input_data": question})

    def _champion(self, champion: Version | None) -> "Contender | None":
        if champion is None:
            return None
        with self._fetched(champion.run, _MODEL, _ROWS) as folder:
            return _contender(folder, champion.sha256)

    def _test_rows(self, run: str, most: int) -> bytes | None:
        """The first bytes of a run's test rows, unread; None if it left none."""
        try:
            return self._blobs.read(_RUNS, f"{run}/{_TEST}", span=range(most))
        except Missing:
            return None

    @contextmanager
    def _fetched(self, run: str, *names: str, most: int | None = None) -> Iterator[Path]:
        """A folder with files that a run left, or the first bytes of each; gone afterwards.

        Raises Missing.
        """
        span = None if most is None else range(most)
        with TemporaryDirectory(prefix="ratchet-") as temporary:
            folder = Path(temporary)
            for name in names:
                place = folder / name
                place.parent.mkdir(exist_ok=True)
                place.write_bytes(self._blobs.read(_RUNS, f"{run}/{name}", span=span))
            yield folder


def _contender(folder: Path, sha256: str) -> "Contender":
    from scoring import evidence
    from scoring.comparable import Contender
    from scoring.sessions import load_model

    return Contender(
        model=load_model(folder / _MODEL, sha256),
        training=evidence.read_training_digests(folder / "evidence"),
    )


def _comparison(found: "Compared", champion: Version | None) -> Comparison:
    return Comparison(
        metric=found.metric,
        rows=found.rows,
        challenger=found.challenger,
        champion=champion.version if champion else None,
        champion_score=found.champion,
        gain=found.gain,
        lower=found.lower,
        confidence=found.confidence,
        p_value=found.p_value,
        only_challenger=found.only_challenger,
        only_champion=found.only_champion,
        incomparable=found.incomparable,
    )
