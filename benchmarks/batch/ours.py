"""The engine as `ratchet score` uses it."""

import hashlib
import os
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from benchmarks.answer import answer
from scoring.batch.answers import Answers
from scoring.batch.run import output_schema, score_into
from scoring.batch.writing.opening import writer
from scoring.files.opening import open_table
from scoring.files.sources import local_file
from scoring.sessions import load_model


def _score(model: Path, table: Path, output: Path) -> Iterable[str]:
    content = model.read_bytes()
    answers = Answers(load_model(content, hashlib.sha256(content).hexdigest()), probabilities=False)
    with local_file(table) as source, output.open("wb") as file:
        opened = open_table(source, answers.signature)
        with writer(file, "parquet", output_schema(opened, answers)) as w:
            c = score_into(w, BytesIO(), opened, answers, workers=os.cpu_count() or 1)
    return [f"{c.rows} {c.scored} {c.rejected}"]


if __name__ == "__main__":
    answer(score=_score)
