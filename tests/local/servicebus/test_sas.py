"""Tokens, made by Microsoft's own client."""

import pytest
from azure.servicebus._pyamqp.utils import generate_sas_token

from local.servicebus.amqp import sas
from local.servicebus.errors import Unauthorized

URI = "sb://127.0.0.1:5672/queue name"
NOW = 1_700_000_000


def token(key: str = "SAS_KEY_VALUE", expiry: int = NOW + 60) -> str:
    name = "RootManageSharedAccessKey"
    return str(generate_sas_token(URI, name, key, expiry))  # type: ignore[no-untyped-call] # Theirs.


def test_token_of_the_client_is_good_until_it_expires():
    sas.check(token(), NOW)
    with pytest.raises(Unauthorized, match="expired"):
        sas.check(token(), NOW + 60)


@pytest.mark.parametrize(
    "forged",
    [
        token(key="guess"),
        token().replace("queue", "other"),
        token().replace(str(NOW + 60), str(NOW + 90)),
        token() + "&sig=x",
        "SharedAccessSignature ",
        "",
        "é",
    ],
    ids=["key", "resource", "expiry", "second signature", "empty", "nothing", "not ASCII"],
)
def test_forged_token_is_refused_without_naming_the_key(forged: str):
    with pytest.raises(Unauthorized, match="connection string") as refused:
        sas.check(forged, NOW)
    assert "SAS_KEY_VALUE" not in str(refused.value)
