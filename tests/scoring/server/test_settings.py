"""Settings come from the environment; what is wrong is said by name, all at once."""

from pathlib import Path

import pytest

from scoring.server.pins import Pinned
from scoring.server.settings import (
    Misconfigured,
    Recording,
    Settings,
    Storage,
    read_settings,
)

LEAST = {"RATCHET_STORAGE": "UseDevelopmentStorage=true", "RATCHET_ENDPOINT": "digits"}


def test_defaults_listen_on_this_machine_only():
    assert read_settings(LEAST) == Settings(
        endpoint="digits",
        storage=Storage(connection_string="UseDevelopmentStorage=true"),
        host="127.0.0.1",
        port=8080,
        poll_seconds=2.0,
        keys=(),
        recording=Recording(sample=1, exclude=frozenset(), seconds=10, rows=10_000),
    )


def test_all_settings_are_read():
    given = {
        "RATCHET_STORAGE__blobServiceUri": "https://account.blob.core.windows.net",
        "RATCHET_ENDPOINT": "digits",
        "HOST": "0.0.0.0",  # noqa: S104 - what the image sets.
        "PORT": "9000",
        "RATCHET_POLL_SECONDS": "1.5",
        "RATCHET_ENDPOINT_KEYS": " one, two ,",
        "RATCHET_LOG_SAMPLE": "0.25",
        "RATCHET_LOG_EXCLUDE": "name, home address ,",
        "RATCHET_LOG_EVERY": "2.5",
        "RATCHET_LOG_ROWS": "500",
    }
    assert read_settings(given) == Settings(
        endpoint="digits",
        storage=Storage(url="https://account.blob.core.windows.net"),
        host="0.0.0.0",  # noqa: S104 - as above.
        port=9000,
        poll_seconds=1.5,
        keys=("one", "two"),
        recording=Recording(
            sample=0.25, exclude=frozenset({"name", "home address"}), seconds=2.5, rows=500
        ),
    )


def test_every_mistake_is_named_at_once():
    with pytest.raises(Misconfigured) as caught:
        read_settings(
            {
                "PORT": "http",
                "RATCHET_POLL_SECONDS": "0",
                "RATCHET_ENDPOINT_KEYS": ",",
                "RATCHET_LOG_SAMPLE": "2",
                "RATCHET_LOG_EXCLUDE": "age,ratchet.at",
                "RATCHET_LOG_EVERY": "31",
                "RATCHET_LOG_ROWS": "nan",
            }
        )
    assert str(caught.value).split("; ") == [
        "RATCHET_ENDPOINT is not set: it is the name of the endpoint to serve",
        (
            "RATCHET_STORAGE__blobServiceUri is not set: it is the address of the blob service "
            "(or RATCHET_STORAGE a connection string)"
        ),
        "PORT has to be from 1 to 65535: 'http'",
        "RATCHET_POLL_SECONDS has to be from 1 to 3600: '0'",
        "RATCHET_ENDPOINT_KEYS holds no key",
        "RATCHET_LOG_EXCLUDE names columns of the log itself, ratchet.…",
        "RATCHET_LOG_SAMPLE has to be from 0 to 1: '2'",
        "RATCHET_LOG_EVERY has to be from 1 to 30: '31'",
        "RATCHET_LOG_ROWS has to be from 1 to 50000: 'nan'",
    ]


SHA256 = "0f" * 32
URL = "https://models.blob.core.windows.net/runs/1/model/model.onnx"


def test_a_pinned_model_needs_no_storage_account_and_then_logs_nothing():
    given = {
        "RATCHET_ENDPOINT": "digits",
        "AZUREML_MODEL_DIR": "/models/digits",
        "RATCHET_MODEL_SHA256": SHA256.upper(),
    }
    settings = read_settings(given)
    assert settings.pinned == Pinned(sha256=SHA256, folder=Path("/models/digits"))
    assert settings.storage is None
    assert settings.recording.sample == 0
    logging = read_settings({**given, "RATCHET_STORAGE": "UseDevelopmentStorage=true"})
    assert logging.storage == Storage(connection_string="UseDevelopmentStorage=true")
    assert logging.recording.sample == 1


@pytest.mark.parametrize(
    "url",
    [
        URL,
        "https://models.z12.blob.storage.azure.net/runs/model.onnx",
        "https://models.blob.core.chinacloudapi.cn/runs/model.onnx",
    ],
)
def test_a_model_is_taken_from_a_blob_of_azure(url: str):
    given = {"RATCHET_ENDPOINT": "d", "RATCHET_MODEL_URL": url, "RATCHET_MODEL_SHA256": SHA256}
    assert read_settings(given).pinned == Pinned(sha256=SHA256, url=url)


@pytest.mark.parametrize(
    "url",
    [
        URL.replace("https", "http"),
        f"{URL}?sv=2024-11-04&sig=c2VjcmV0",
        f"{URL}?",
        URL.replace("https://", "https://user:c2VjcmV0@"),
        "https://models.blob.core.windows.net.example.org/runs/model.onnx",
        "https://models.blob.core.windows.net:444/runs/model.onnx",
        "https://models.blob.core.windows.net/model.onnx",
        "https://models.blob.core.windows.net/runs/",
        "https://[models/runs/model.onnx",
    ],
)
def test_other_addresses_get_no_token_and_are_not_repeated(url: str):
    given = {"RATCHET_ENDPOINT": "d", "RATCHET_MODEL_URL": url, "RATCHET_MODEL_SHA256": SHA256}
    with pytest.raises(Misconfigured, match=r"^RATCHET_MODEL_URL has to be https") as caught:
        read_settings(given)
    assert "c2VjcmV0" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"AZUREML_MODEL_DIR": "/m"}, "RATCHET_MODEL_SHA256 has to be the 64 hexadecimal digits"),
        (
            {"AZUREML_MODEL_DIR": "/m", "RATCHET_MODEL_SHA256": "abc"},
            "as `ratchet model check` prints it: nothing else is loaded",
        ),
        (
            {"RATCHET_MODEL_SHA256": SHA256},
            "either AZUREML_MODEL_DIR or RATCHET_MODEL_URL: none is set",
        ),
        (
            {
                "AZUREML_MODEL_DIR": "/m",
                "RATCHET_MODEL_URL": URL,
                "RATCHET_MODEL_SHA256": SHA256,
            },
            "either AZUREML_MODEL_DIR or RATCHET_MODEL_URL: both are set",
        ),
    ],
    ids=["no digest", "no digest's form", "no model", "two models"],
)
def test_a_half_pinned_model_is_refused(given: dict[str, str], said: str):
    with pytest.raises(Misconfigured) as caught:
        read_settings({"RATCHET_ENDPOINT": "d", **given})
    assert said in str(caught.value)
    assert ";" not in str(caught.value)


@pytest.mark.parametrize("keys", ["", "  ", "\t,"], ids=["empty", "blank", "a comma"])
def test_a_secret_that_came_out_empty_leaves_no_endpoint_open(keys: str):
    given = {"RATCHET_STORAGE": "a connection", "RATCHET_ENDPOINT": "digits"}
    with pytest.raises(Misconfigured, match="RATCHET_ENDPOINT_KEYS holds no key"):
        read_settings(given | {"RATCHET_ENDPOINT_KEYS": keys})
