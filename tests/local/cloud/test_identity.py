"""Tokens, got by Microsoft's own credentials and refused when they are not in order."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import DefaultAzureCredential, ManagedIdentityCredential

from local.cloud.identity.tokens import Tokens
from tests.local.cloud.emulator import GROUP, SECRETS, VERSION, Emulator, host

ARM = "https://management.azure.com/.default"
GROUPS = f"{GROUP}/providers/Microsoft.ContainerInstance/containerGroups"


@pytest.fixture
def app_service(cloud: Emulator, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The environment of a program on App Service."""
    monkeypatch.setenv("IDENTITY_ENDPOINT", cloud.addresses["identity"])
    monkeypatch.setenv("IDENTITY_HEADER", SECRETS["app"])
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return monkeypatch


@pytest.mark.parametrize("credential", [DefaultAzureCredential, ManagedIdentityCredential])
def test_azure_identity_gets_a_token_that_counts(
    cloud: Emulator, app_service: pytest.MonkeyPatch, credential: Any
):
    with credential() as own:
        token = own.get_token(ARM)
    assert token.expires_on > time.time() + 3600
    assert _listed(cloud, token.token).status_code == 200


def test_token_for_the_local_address_counts_as_well(cloud: Emulator):
    token = cloud.token("app", f"{cloud.addresses['resource_manager']}/.default")
    assert _listed(cloud, token).status_code == 200


def test_wrong_secret_gets_no_token(cloud: Emulator, app_service: pytest.MonkeyPatch):
    app_service.setenv("IDENTITY_HEADER", "somebody else's secret")
    with ManagedIdentityCredential() as own, pytest.raises(ClientAuthenticationError):
        own.get_token(ARM)


@pytest.mark.parametrize(
    "params",
    [{}, {"resource": "https://storage.azure.com"}, {"api-version": "2019-08-01"}],
    ids=["nothing asked", "no version", "no resource"],
)
def test_question_without_version_or_resource_is_refused(cloud: Emulator, params: dict[str, str]):
    headers = {"X-IDENTITY-HEADER": SECRETS["app"]}
    answer = httpx.get(cloud.addresses["identity"], params=params, headers=headers, trust_env=False)
    assert answer.status_code == 400


def test_token_for_another_audience_is_refused(cloud: Emulator):
    answer = _listed(cloud, cloud.token("app", "https://storage.azure.com/.default"))
    assert _code(answer) == (401, "InvalidAuthenticationTokenAudience")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [("HS256", "k" * 32), ("none", "")],
    ids=["another key", "no signature"],
)
def test_forged_token_is_refused(cloud: Emulator, algorithm: str, key: str):
    claims = jwt.decode(cloud.token("app"), options={"verify_signature": False})
    forged = jwt.encode({**claims, "sub": "owner"}, key, algorithm=algorithm)
    assert _code(_listed(cloud, forged)) == (401, "InvalidAuthenticationToken")


def test_request_without_a_token_is_refused(cloud: Emulator):
    answer = cloud.ask("GET", GROUPS, Authorization="")
    assert _code(answer) == (401, "AuthenticationFailed")


def test_token_has_an_end(tmp_path: Path):
    with _issuing(tmp_path, seconds=-1) as tokens:
        token, _ = tokens.issue("app", "https://management.azure.com")
    with host(tmp_path) as running:
        # The key was kept, so the token is of this cloud; its time is over all the same.
        answer = _listed(running.start(), token)
    assert _code(answer) == (401, "ExpiredAuthenticationToken")


def test_tokens_and_trust_survive_a_restart(tmp_path: Path):
    with host(tmp_path) as running:
        before = running.start()
        token, trust = before.token("app"), before.trust
        running.stop()
        after = running.start()
        answer = httpx.get(
            after.addresses["resource_manager"] + GROUPS,
            params={"api-version": VERSION},
            headers={"Authorization": f"Bearer {token}"},
            verify=trust,
            trust_env=False,
        )
    assert answer.status_code == 200


def test_bundle_keeps_the_public_authorities(cloud: Emulator):
    assert len(cloud.trust.get_ca_certs()) > 50


def test_foreign_host_name_is_refused(cloud: Emulator):
    answer = httpx.get(
        cloud.addresses["identity"], headers={"Host": "attacker.example"}, trust_env=False
    )
    assert answer.status_code == 400


@contextmanager
def _issuing(folder: Path, seconds: int) -> Iterator[Tokens]:
    data = folder / "data"
    data.mkdir()
    yield Tokens(data / "token.key", seconds)


def _listed(cloud: Emulator, token: str) -> httpx.Response:
    return cloud.ask("GET", GROUPS, Authorization=f"Bearer {token}")


def _code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]
