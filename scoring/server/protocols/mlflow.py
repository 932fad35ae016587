"""MLflow's scoring protocol, `POST /invocations`.

The body is JSON with exactly one of `dataframe_split`, `dataframe_records`, `instances`, `inputs`,
or CSV with the columns' names in its first line; the answer is `{"predictions": [...]}`. `params`
are left alone, as MLflow does for a model that takes none.

MLflow's server takes Parquet as well. This one does not: a few bytes of it can claim any amount of
memory, and files are scored better where they lie, by a batch.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import orjson

from scoring.errors import WrongRows
from scoring.predict import Answers
from scoring.rows import Rows
from scoring.server.protocols.asked import Asked, Read
from scoring.server.protocols.comma import rows_of_csv
from scoring.server.protocols.tables import only, parsed_object, rows_in, split
from scoring.signature import Signature

MLFLOW_VERSION = "3.18.0"
"""The release of MLflow whose protocol this is; `GET /version` tells it, as MLflow does its own."""

KEYS = ("dataframe_split", "dataframe_records", "instances", "inputs")
SPLIT_KEYS = frozenset({"columns", "index", "data"})


def mlflow_reader(content_type: str) -> Read:
    """What reads bodies of a content type; of JSON when none is given.

    Raises ValueError when it is none of MLflow's, whose server answers 415.
    """
    kind, *parameters = (part.strip().lower() for part in content_type.split(";"))
    if any(parameter != "charset=utf-8" for parameter in parameters):
        raise ValueError("the content type may say charset=utf-8, and nothing else")
    reader = READERS.get(kind)
    if reader is None:
        raise ValueError(f"rows come as {' or '.join(filter(None, READERS))}")
    return reader


def _read_json(body: bytes, signature: Signature) -> Asked:
    name, value = only(parsed_object(body), KEYS)
    if name == "dataframe_split":
        return Asked(_split(value), _render)
    if name == "dataframe_records" and not isinstance(value, list):
        raise WrongRows("'dataframe_records' has to be a list of objects")
    return Asked(rows_in(value, signature), _render)


def _read_csv(body: bytes, signature: Signature) -> Asked:
    return Asked(rows_of_csv(body, signature), _render)


def _split(value: Any) -> Rows:
    if not isinstance(value, dict) or "data" not in value or not value.keys() <= SPLIT_KEYS:
        raise WrongRows("'dataframe_split' has to be an object of 'columns', 'index' and 'data'")
    return split(value)


def _render(answers: Answers, _version: str) -> bytes:
    return orjson.dumps({"predictions": answers.labels.tolist()})


READERS: Mapping[str, Read] = MappingProxyType(
    {"": _read_json, "application/json": _read_json, "text/csv": _read_csv}
)
