"""What the containers of endpoints are told, by the app's settings."""

import pytest

from decisions.errors import Misconfigured
from wiring.endpoints import group_settings
from wiring.settings import Settings

LEAST = {"RATCHET_SCORING_IMAGE": "scoring:1", "RATCHET_ENDPOINT_SUBNET": "/subnet"}
ADDRESS = {"RATCHET_STORAGE__blobServiceUri": "https://ours.blob.core.windows.net"}
CONNECTION = {"RATCHET_STORAGE": "AccountKey=hush"}
NEW, OLD = 32 * "1", 32 * "0"
LOG = {"RATCHET_LOG_SAMPLE": "0.1", "RATCHET_LOG_EXCLUDE": "name,address"}


@pytest.mark.parametrize(
    ("given", "keys"),
    [({}, ()), ({"RATCHET_ENDPOINT_KEYS": f"{NEW}, {OLD}"}, (NEW, OLD))],
    ids=["none", "two"],
)
def test_keys_of_the_app_open_its_endpoints(given: dict[str, str], keys: tuple[str, ...]):
    assert group_settings(Settings(LEAST | ADDRESS | given)).keys == keys


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (" ,", "no key"),
        (f"{NEW},short", "short or odd"),
        (f"{NEW}\n{OLD}", "short or odd"),
        ("schlüsselschlüssel", "short or odd"),
    ],
    ids=["none", "short", "two lines", "no ASCII"],
)
def test_keys_that_would_open_to_others_or_fit_no_header_are_refused(given: str, problem: str):
    with pytest.raises(Misconfigured, match=f"RATCHET_ENDPOINT_KEYS .*{problem}") as told:
        group_settings(Settings(LEAST | ADDRESS | {"RATCHET_ENDPOINT_KEYS": given}))
    assert NEW not in str(told.value)


@pytest.mark.parametrize(
    ("given", "environment", "secrets"),
    [(ADDRESS, ADDRESS, {}), (CONNECTION, {}, CONNECTION)],
    ids=["address", "connection string"],
)
def test_a_container_is_told_the_storage_and_what_to_log(
    given: dict[str, str], environment: dict[str, str], secrets: dict[str, str]
):
    found = group_settings(Settings(LEAST | given | LOG | {"RATCHET_LOG_EVERY": ""}))
    assert found.environment == environment | LOG
    assert found.secrets == secrets
