"""A server of one model, from a folder or a blob: nothing but the pinned bytes is ever served."""

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from scoring.errors import Unsuitable
from scoring.server.opening import open_source
from scoring.server.pinned import PinnedSource, find_model, read_file
from scoring.server.settings import Misconfigured, read_settings
from scoring.server.source import Missing, Unavailable
from scoring.server.store import ModelBlob
from tests.scoring.models import constant, digest, in_folder
from tests.scoring.server.processes import ROOT, Account, answered, free_port, process
from tests.scoring.server.serving import ROW, serving, until

MODEL = constant(7.0)
ALONE = {"RATCHET_STORAGE": "", "RATCHET_MODEL_SHA256": digest(MODEL)}


@pytest.mark.parametrize("inside", [".", "digits"], ids=["the folder itself", "one below"])
def test_a_process_serves_the_model_of_a_folder(account: Account, tmp_path: Path, inside: str):
    in_folder(tmp_path / inside, MODEL)
    port = free_port()
    with process(account, port, AZUREML_MODEL_DIR=str(tmp_path), **ALONE):
        until(lambda: answered(f"http://127.0.0.1:{port}") == [7.0])
        response = httpx.post(f"http://127.0.0.1:{port}/score", json=ROW)
    assert response.headers["azureml-model-deployment"] == digest(MODEL)[:12]
    assert account.logs() == {}


def test_a_pinned_model_logs_to_a_storage_account(account: Account, tmp_path: Path):
    in_folder(tmp_path, MODEL)
    port = free_port()
    pinned = {"AZUREML_MODEL_DIR": str(tmp_path), "RATCHET_MODEL_SHA256": digest(MODEL)}
    with process(account, port, RATCHET_LOG_EVERY="1", **pinned):
        until(lambda: answered(f"http://127.0.0.1:{port}") == [7.0])
        until(lambda: len(account.logged()) > 0)
    (log,) = account.logs().values()
    assert set(log["ratchet.version"]) == {digest(MODEL)[:12]}
    assert account.status("traffic") is None


def test_a_process_that_may_write_no_file_serves_and_logs(account: Account, tmp_path: Path):
    settings = {
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": "/nonexistent",
        "TMPDIR": "/nonexistent",
        "PORT": str(free_port()),
        "RATCHET_STORAGE": account.connection,
        "RATCHET_ENDPOINT": account.endpoint,
        "RATCHET_LOG_EVERY": "1",
        "AZUREML_MODEL_DIR": str(in_folder(tmp_path, MODEL)),
        "RATCHET_MODEL_SHA256": digest(MODEL),
    }
    program = (
        "import resource, runpy, signal\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_DFL)\n"  # The first byte written ends it.
        "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n"
        "runpy.run_module('scoring.server', run_name='__main__')\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], env=settings, stderr=subprocess.DEVNULL
    ) as running:
        try:
            until(lambda: answered(f"http://127.0.0.1:{settings['PORT']}") == [7.0])
            until(lambda: len(account.logged()) > 0)
            assert running.poll() is None
        finally:
            running.kill()


def test_other_bytes_are_never_served():
    source = PinnedSource("digits", digest(MODEL), lambda _: constant(8.0), None)
    with serving(source) as client:
        until(lambda: client.get("/metrics").status_code == 200)
        assert client.post("/score", json=ROW).status_code == 503
        assert client.get("/readyz").status_code == 503


def test_the_document_of_a_pinned_model_never_changes():
    source = PinnedSource("digits", digest(MODEL), lambda _: MODEL, None)
    document = source.desired(None)
    assert document is not None
    assert source.desired(document.tag) is None
    with pytest.raises(Missing, match="no storage account"):
        source.keep("2026/11/21/13/a-1.parquet", b"")


def test_nothing_of_azure_is_imported_for_a_folder(tmp_path: Path):
    in_folder(tmp_path, MODEL)
    program = (
        "import sys\n"
        "from scoring.server.opening import open_source\n"
        "from scoring.server.serving import build\n"
        "from scoring.server.settings import read_settings\n"
        f"given = {dict(ALONE, AZUREML_MODEL_DIR=str(tmp_path), RATCHET_ENDPOINT='digits')!r}\n"
        "settings = read_settings(given)\n"
        "build(open_source(settings), settings)\n"
        "heavy = {'azure', 'pandas', 'prometheus_client', 'pyarrow'}\n"
        "print(sorted(heavy & {name.partition('.')[0] for name in sys.modules}))\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True)
    assert ran.stdout == b"[]\n"


def test_a_folder_without_one_model_is_refused(tmp_path: Path):
    with pytest.raises(Misconfigured, match=r"one model\.onnx, in it or one .* holds none"):
        find_model(tmp_path)
    in_folder(tmp_path / "a", MODEL)
    in_folder(tmp_path / "b", MODEL)
    with pytest.raises(Misconfigured, match="holds 2"):
        find_model(tmp_path)


def test_a_file_is_read_up_to_a_size(tmp_path: Path):
    path = in_folder(tmp_path, MODEL) / "model.onnx"
    assert read_file(path, len(MODEL)) == MODEL
    with pytest.raises(Unsuitable, match="more than 9 bytes"):
        read_file(path, 9)
    with pytest.raises(Unavailable, match="cannot be read"):
        read_file(tmp_path / "elsewhere", 9)


def test_a_blob_is_read_up_to_a_size(account: Account):
    account.put("runs", f"{account.endpoint}/model.onnx", MODEL)
    blob = account.service.get_blob_client("runs", f"{account.endpoint}/model.onnx")
    assert ModelBlob(blob).read(len(MODEL)) == MODEL
    with pytest.raises(Unsuitable, match="of at most 9"):
        ModelBlob(blob).read(9)
    with pytest.raises(Missing, match="there is no runs/nothing"):
        ModelBlob(account.service.get_blob_client("runs", "nothing")).read(9)


def test_a_url_is_opened_without_asking_azure():
    source = open_source(
        read_settings(
            {
                "RATCHET_ENDPOINT": "digits",
                "RATCHET_MODEL_URL": "https://models.blob.core.windows.net/runs/1/model.onnx",
                "RATCHET_MODEL_SHA256": digest(MODEL),
            }
        )
    )
    assert source.desired(None) is not None
