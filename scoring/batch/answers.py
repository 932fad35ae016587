"""What a model says of each row, as columns of a table.

`prediction` is the label or the quantity; a model that answers several gives `prediction.0`,
`prediction.1` and so on. When asked for, `probability.<class>` stands beside it for each class.
"""

from typing import Any

import pyarrow as pa
from numpy.typing import NDArray

from scoring.predict import BLOCK, predict, predict_both, predict_probabilities
from scoring.rows import Matrix
from scoring.sessions import Model
from scoring.synthetic import synthetic_rows

PREDICTION, PROBABILITY = "prediction", "probability"


class Answers:
    """Asks a model, `at_once` rows at a time; one made-up row shows what its answers look like.

    Raises Unsuitable when it gives no probabilities and is asked for them.
    """

    def __init__(self, model: Model, *, probabilities: bool, at_once: int = BLOCK) -> None:
        self._model, self._probabilities = model, probabilities
        self.signature, self.at_once = model.signature, at_once
        self.takes_whole = model.signature.rows.type.startswith("int")
        row = synthetic_rows(model.signature, 1)
        names = _names(predict(model, row))
        if probabilities:
            found = predict_probabilities(model, row)
            classes = found.classes or range(found.matrix.shape[1])
            names += [f"{PROBABILITY}.{each}" for each in classes]
        columns = [pa.array(column) for column in self.of(row)]
        self.schema = pa.schema(
            [(name, column.type) for name, column in zip(names, columns, strict=True)]
        )

    def of(self, matrix: Matrix) -> list[NDArray[Any]]:
        """The columns of the answers to some rows."""
        if not self._probabilities:
            return _columns(predict(self._model, matrix))
        labels, found = predict_both(self._model, matrix)
        return _columns(labels) + _columns(found.matrix)


def _columns(answers: NDArray[Any]) -> list[NDArray[Any]]:
    return [answers] if answers.ndim == 1 else list(answers.T)


def _names(answers: NDArray[Any]) -> list[str]:
    if answers.ndim == 1:
        return [PREDICTION]
    return [f"{PREDICTION}.{number}" for number in range(answers.shape[1])]
