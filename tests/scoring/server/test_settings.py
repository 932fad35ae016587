"""Settings come from the environment; what is wrong is said by name, all at once."""

import pytest

from scoring.server.settings import Misconfigured, Recording, Settings, Storage, read_settings

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
