import pytest

from adapters.memory.blobs import MemoryBlobs
from adapters.mlflow_registry.source import source_of
from decisions.errors import Missing, Rejected

RUN = "8b5178e7baa5423e9b27f645e043bc1e"


def left(content: str) -> MemoryBlobs:
    blobs = MemoryBlobs()
    blobs.upload("runs", "digits-00001-4f5fdba3/model/MLmodel", content.encode())
    return blobs


def test_reads_run_and_path_from_the_model() -> None:
    blobs = left(f"artifact_path: model\nflavors:\n  onnx: {{}}\nrun_id: {RUN}\n")

    source = source_of(blobs, "digits-00001-4f5fdba3")

    assert source.run_id == RUN
    assert source.uri == f"runs:/{RUN}/model"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("artifact_path: model", id="no run"),
        pytest.param(f"run_id: {RUN}", id="no path"),
        pytest.param("run_id: ../../x\nartifact_path: model", id="run with a path"),
        pytest.param(f"run_id: {RUN}\nartifact_path: ../other/model", id="path that climbs"),
        pytest.param(f"run_id: {RUN}\nartifact_path: /etc", id="absolute path"),
        pytest.param(f"run_id: {RUN}\nartifact_path: models:/m-1", id="address"),
        pytest.param(f"run_id: {RUN}\nartifact_path: 7", id="number"),
        pytest.param("[1, 2]", id="list"),
        pytest.param("a: [", id="not YAML"),
        pytest.param("!!python/object/apply:os.system [id]", id="YAML that runs things"),
        pytest.param("", id="empty"),
    ],
)
def test_refuses_what_names_no_place_below_its_run(content: str) -> None:
    with pytest.raises(Rejected) as caught:
        source_of(left(content), "digits-00001-4f5fdba3")

    assert caught.value.code == "bad_model"


def test_says_that_a_run_left_no_model() -> None:
    with pytest.raises(Missing, match="left no model") as caught:
        source_of(MemoryBlobs(), "digits-00001-4f5fdba3")

    assert caught.value.code == "no_model"
