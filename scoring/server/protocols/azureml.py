"""Azure ML's online contract, `POST /score`.

The body is an object with `input_data`, or with `data` as is the custom of scoring scripts; the
answer is the bare array of predictions. `params` are for models of other kinds and left alone.
"""

import orjson

from scoring.predict import Answers
from scoring.server.protocols.asked import Asked
from scoring.server.protocols.tables import only, parsed_object, rows_in
from scoring.signature import Signature

KEYS = ("input_data", "data")


def read_azureml(body: bytes, signature: Signature) -> Asked:
    """The rows of a request to `/score`. Raises WrongRows."""
    _, value = only(parsed_object(body), KEYS)
    return Asked(rows_in(value, signature), _render)


def _render(answers: Answers, _version: str) -> bytes:
    return orjson.dumps(answers.labels.tolist())
