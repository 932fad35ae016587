import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.webhooks import signature
from decisions.errors import Misconfigured

SPECS = Path(__file__).parents[2] / "specs" / "standard-webhooks" / "test-vectors.json"
VECTORS = json.loads(SPECS.read_text())


@pytest.mark.parametrize("vector", VECTORS["sign"])
def test_signs_as_the_official_vectors(vector: dict[str, str]) -> None:
    at = datetime.fromtimestamp(int(vector["timestamp"]), UTC)

    headers = signature.headers(
        [signature.key(vector["secret"], "ml-team")],
        vector["id"],
        at,
        vector["payload"].encode(),
    )

    assert headers == {
        "webhook-id": vector["id"],
        "webhook-timestamp": str(vector["timestamp"]),
        "webhook-signature": vector["signature"],
    }


def test_takes_a_secret_without_its_prefix() -> None:
    (vector,) = VECTORS["sign"]

    with_prefix = signature.key(vector["secret"], "ml-team")

    assert signature.key(vector["secret"].removeprefix("whsec_"), "ml-team") == with_prefix


def test_signs_with_both_secrets_while_one_replaces_the_other() -> None:
    (vector,) = VECTORS["sign"]
    keys = [b"n" * 32, signature.key(vector["secret"], "ml-team")]
    at = datetime.fromtimestamp(int(vector["timestamp"]), UTC)

    headers = signature.headers(keys, vector["id"], at, vector["payload"].encode())

    first, second = headers["webhook-signature"].split(" ")
    assert first.startswith("v1,")
    assert second == vector["signature"]


@pytest.mark.parametrize(
    "secret",
    [
        pytest.param("", id="empty"),
        pytest.param("whsec_", id="only the prefix"),
        pytest.param("whsec_not-base64!", id="not base64"),
        pytest.param("whsec_c2hvcnQ=", id="five bytes"),
        pytest.param("whsec_" + 96 * "QUJD", id="288 bytes"),
    ],
)
def test_a_bad_secret_is_named_but_not_told(secret: str) -> None:
    with pytest.raises(Misconfigured, match="ml-team") as caught:
        signature.key(secret, "ml-team")

    assert "c2hvcnQ" not in str(caught.value)
    assert "not-base64" not in str(caught.value)
