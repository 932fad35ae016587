"""The engine as `ratchet score` uses it."""

import hashlib
import os
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from benchmarks.answer import answer
from scoring.batch.answers import Answers
from scoring.batch.files import FileScoring
from scoring.sessions import load_model


def _score(model: Path, table: Path, output: Path) -> Iterable[str]:
    content = model.read_bytes()
    loaded = load_model(content, hashlib.sha256(content).hexdigest())
    answers = Answers(loaded, probabilities=False)
    how = FileScoring(answers=answers, form="parquet", workers=os.cpu_count() or 1)
    with output.open("wb") as file:
        (counts,) = how.score([table], file, BytesIO(), lambda _share, _rows: None)
    return [f"{counts.scored} rows"]


if __name__ == "__main__":
    answer(score=_score)
