"""One stack for all tests of trouble: to start it takes longer than most of them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.scoring.models import classifier
from tests.stack.outside import Outside, running
from tests.stack.rows import ROWS, USUAL, Rows, parquet

HERE = Path(__file__).parent
MODELS = ("unheard", "throttled", "failing", "scored")


@pytest.fixture(scope="session")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pipeline whose only step has a model and its evidence prepared."""
    folder = tmp_path_factory.mktemp("pipeline")
    shutil.copytree(HERE / "pipeline", folder, dirs_exist_ok=True)
    source = folder / "src"
    (source / "model.onnx").write_bytes(classifier([0, 1], columns=["x", "y"]))
    pq.write_table(pa.table(ROWS), source / "test.parquet")
    digests = {"digest": ["aa", "bb", "cc", "dd"], "split": ["test", "test", "test", "train"]}
    pq.write_table(pa.table(digests), source / "rows.parquet")
    return folder / "pipeline.yml"


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ratchet.yaml that a test may spoil."""
    return Path(shutil.copy(HERE / "ratchet.yaml", tmp_path_factory.mktemp("app")))


@pytest.fixture(scope="session")
def outside(
    tmp_path_factory: pytest.TempPathFactory, config: Path, pipeline: Path
) -> Iterator[Outside]:
    """A running stack; a file has arrived for each model that waits for a person's word."""
    folder = tmp_path_factory.mktemp("stack") / "state"
    with running(folder, config, pipeline) as running_stack:
        for model in MODELS:
            running_stack.upload(f"{model}/rows.parquet", parquet())
        many: Rows = {"x": USUAL, "y": USUAL, "label": [0] * len(USUAL)}
        running_stack.upload("watched/rows.parquet", parquet(many))
        yield running_stack
