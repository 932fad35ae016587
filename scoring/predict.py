"""A matrix in, an answer a row out; long matrices block by block, so that memory stays flat."""

from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from scoring.errors import ModelFailed, Unsuitable, WrongAnswers
from scoring.rows import Matrix
from scoring.sessions import Model, first_line

BLOCK = 8192
"""Rows a run: large enough for the runtime to be busy, small enough to stay in the cache."""


class Probabilities(Struct, frozen=True):
    """The probability of each class, a row an observation.

    `classes` names the matrix's columns; None when the model gives a bare matrix, which does not.
    """

    matrix: NDArray[Any]
    classes: tuple[Any, ...] | None


class Answers(Struct, frozen=True):
    """The answers to some rows, and the probabilities when they were asked for."""

    labels: NDArray[Any]
    probabilities: Probabilities | None = None


def predict(model: Model, matrix: Matrix) -> NDArray[Any]:
    """The label or quantity of each row; two-dimensional for a model of several quantities.

    Raises ModelFailed when the model breaks or does not answer every row.
    """
    if len(matrix) <= BLOCK:
        return _answers(model, matrix)
    return np.concatenate([_answers(model, block) for block in _blocks(matrix)])


def predict_probabilities(model: Model, matrix: Matrix) -> Probabilities:
    """The probabilities of the classes. Raises Unsuitable when the model gives none."""
    return predict_both(model, matrix)[1]


def predict_both(model: Model, matrix: Matrix) -> tuple[NDArray[Any], Probabilities]:
    """The labels and the probabilities of the classes, of one run a block. Raises Unsuitable."""
    output = model.signature.probabilities
    if output is None:
        raise Unsuitable("the model gives no probabilities")
    names = [model.signature.answer.name, output.name]
    runs = [(len(block), *_run(model, names, block)) for block in _blocks(matrix)]
    answers = np.concatenate([_flat(labels, rows) for rows, labels, _ in runs])
    blocks = [_unzipped(probabilities) for _, _, probabilities in runs]
    stacked = np.concatenate([block.matrix for block in blocks])
    if len(stacked) != len(matrix):
        raise WrongAnswers(f"it gave {len(stacked)} probabilities for {len(matrix)} rows")
    return answers, Probabilities(stacked, blocks[0].classes)


def _answers(model: Model, block: Matrix) -> NDArray[Any]:
    return _flat(_run(model, [model.signature.answer.name], block)[0], len(block))


def _blocks(matrix: Matrix) -> list[Matrix]:
    """Views of the matrix, one behind the other; one at least."""
    if len(matrix) <= BLOCK:
        return [matrix]
    return [matrix[start : start + BLOCK] for start in range(0, len(matrix), BLOCK)]


def _run(model: Model, outputs: list[str], block: Matrix) -> list[Any]:
    try:
        return model.session.run(outputs, {model.signature.rows.name: block})  # type: ignore[no-any-return]
    except Exception as problem:  # The runtime's errors share no narrower base.
        raise ModelFailed(f"the model failed: {first_line(problem)}") from problem


def _flat(answer: NDArray[Any], rows: int) -> NDArray[Any]:
    """The answers with a column of one taken off: regressors answer n x 1."""
    if answer.ndim == 2 and answer.shape[1] == 1:
        answer = answer[:, 0]
    if answer.ndim not in (1, 2) or len(answer) != rows:
        raise WrongAnswers(f"it answered in the shape {list(answer.shape)} for {rows} rows")
    return answer


def _unzipped(output: Any) -> Probabilities:
    """A block of probabilities, from a matrix or from ZipMap's list of maps."""
    if isinstance(output, np.ndarray):
        return Probabilities(output, None)
    if not output:
        raise WrongAnswers("it gave no probabilities")
    classes = tuple(output[0])
    return Probabilities(np.array([[row[name] for name in classes] for row in output]), classes)
