"""What the containers of endpoints are told, by the app's settings."""

import pytest

from wiring.endpoints import group_settings
from wiring.settings import Settings

LEAST = {"RATCHET_SCORING_IMAGE": "scoring:1", "RATCHET_ENDPOINT_SUBNET": "/subnet"}
ADDRESS = {"RATCHET_STORAGE__blobServiceUri": "https://ours.blob.core.windows.net"}
CONNECTION = {"RATCHET_STORAGE": "AccountKey=hush"}
LOG = {"RATCHET_LOG_SAMPLE": "0.1", "RATCHET_LOG_EXCLUDE": "name,address"}


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
