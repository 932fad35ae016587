"""The control plane as a process, and clients of it."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
from azure.core.credentials import AccessToken
from azure.mgmt.containerinstance import ContainerInstanceManagementClient

from local.processes import Service, Supervisor

SUBSCRIPTION = "00000000-0000-0000-0000-00000000000a"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/ratchet"
WORKSPACE = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/ws"
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/endpoints"
CONTAINERS = "providers/Microsoft.ContainerInstance/containerGroups"
VERSION = "2023-05-01"
SECRETS = {name: f"{name}-0123456789abcdef" for name in ("app", "compute", "owner", "stranger")}

# Serves files over HTTP on the address that the group was given, and says so in its log.
WEB = [sys.executable, "-u", "-m", "http.server", "{port}", "--bind", "{ip}"]
# Disregards being asked to end.
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("listening to nobody", flush=True)
time.sleep(600)
"""
# Says what it sees of its environment, in its log.
TELL = ["/bin/sh", "-c", "env | sort"]

Found = TypeVar("Found")


def settings(**others: Any) -> dict[str, Any]:
    """Settings with four principals: the function app, the training compute, a person, nobody."""
    assigned = {
        "app": [{"role": "Ratchet", "scope": GROUP}],
        "compute": [{"role": "Training", "scope": WORKSPACE}],
        "owner": [{"role": "Owner", "scope": f"/subscriptions/{SUBSCRIPTION}"}],
    }
    principals = [
        {"name": name, "secret": secret, "assignments": assigned.get(name, [])}
        for name, secret in SECRETS.items()
    ]
    principals[1]["resource"] = IDENTITY
    training = [
        f"Microsoft.MachineLearningServices/workspaces/{kind}"
        for kind in ("experiments/*", "metadata/artifacts/*")
    ]
    return {
        "principals": principals,
        "roles": [
            str(Path(__file__).parents[3] / "infra/role.json"),
            {"Name": "Owner", "Actions": ["*"]},
            {"Name": "Training", "Actions": training},
        ],
        "images": {
            "web": {"command": WEB},
            "tell": {"command": TELL},
            "one": {"command": ["/bin/sh", "-c", "echo started; exit 1"]},
            "stubborn": {"command": [sys.executable, "-c", STUBBORN]},
        },
        **others,
    }


class Credential:
    """Gets a principal's tokens from the identity endpoint, as its programs do."""

    def __init__(self, endpoint: str, secret: str) -> None:
        self._endpoint = endpoint
        self._secret = secret

    def get_token(self, *scopes: str, **_: object) -> AccessToken:
        answer = httpx.get(
            self._endpoint,
            params={"api-version": "2019-08-01", "resource": scopes[0].removesuffix("/.default")},
            headers={"X-IDENTITY-HEADER": self._secret},
            trust_env=False,
        ).raise_for_status()
        content = answer.json()
        return AccessToken(content["access_token"], int(content["expires_on"]))


@dataclass(frozen=True)
class Emulator:
    """A running control plane."""

    addresses: dict[str, str]
    pid: int

    def credential(self, principal: str) -> Credential:
        return Credential(self.addresses["identity"], SECRETS[principal])

    def token(self, principal: str, scope: str = "https://management.azure.com/.default") -> str:
        return self.credential(principal).get_token(scope).token

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        principal: str = "owner",
        version: str | None = VERSION,
        **headers: str,
    ) -> httpx.Response:
        """One request to the TLS port."""
        known = {"Authorization": f"Bearer {self.token(principal)}"}
        return httpx.request(
            method,
            self.addresses["resource_manager"] + path,
            params={"api-version": version} if version else {},
            json=body,
            headers=known | headers,
            verify=self.trust,
            trust_env=False,
        )

    @property
    def trust(self) -> Any:
        import ssl

        return ssl.create_default_context(cafile=self.addresses["ca_bundle"])

    def containers(self, principal: str = "app") -> Any:
        """Microsoft's own client for container groups; by its types, anything may be None."""
        return ContainerInstanceManagementClient(
            self.credential(principal),
            SUBSCRIPTION,
            base_url=self.addresses["resource_manager"],
            credential_scopes=["https://management.azure.com/.default"],
            connection_verify=self.addresses["ca_bundle"],
            polling_interval=0.1,
        )

    def fault(self, **fault: Any) -> str:
        """Ask for trouble; gives the address at which it is taken back."""
        answer = httpx.post(self.addresses["faults"], json=fault, trust_env=False)
        return f"{self.addresses['faults']}/{answer.raise_for_status().json()['id']}"


class Host:
    """Starts, stops and kills a control plane on one folder."""

    def __init__(self, supervisor: Supervisor, folder: Path, content: dict[str, Any]) -> None:
        self._supervisor = supervisor
        self._folder = folder
        self._settings = folder / "settings.json"
        self._settings.write_text(json.dumps(content))

    def start(self) -> Emulator:
        command = [sys.executable, "-m", "local.cloud", "--data", str(self._folder / "data")]
        self._supervisor.start(
            Service(
                name="cloud",
                command=[*command, "--settings", str(self._settings)],
                folder=Path(__file__).parents[3],
            )
        )
        log = (self._folder / "logs/cloud.log").read_text()
        ready = [line for line in log.splitlines() if line.startswith("ready ")][-1]
        return Emulator(json.loads(ready.removeprefix("ready ")), self._supervisor.pid("cloud"))

    def stop(self) -> None:
        self._supervisor.stop("cloud")

    def kill(self) -> None:
        self._supervisor.kill("cloud")


@contextmanager
def host(folder: Path, **others: Any) -> Iterator[Host]:
    """A host; what it started is ended with the block."""
    with Supervisor(folder / "logs") as supervisor:
        yield Host(supervisor, folder, settings(**others))


def group(image: str, *, policy: str = "Always", port: int = 8080, **variables: str) -> Any:
    """The body of a container group with one container."""
    return {
        "location": "local",
        "properties": {
            "osType": "Linux",
            "restartPolicy": policy,
            "ipAddress": {"type": "Public", "ports": [{"port": port, "protocol": "TCP"}]},
            "containers": [
                {
                    "name": "main",
                    "properties": {
                        "image": image,
                        "ports": [{"port": port}],
                        "resources": {"requests": {"cpu": 1.0, "memoryInGB": 1.5}},
                        "environmentVariables": [
                            {"name": name, "value": value} for name, value in variables.items()
                        ],
                    },
                }
            ],
        },
    }


def eventually(look: Callable[[], Found | None], seconds: float = 20.0) -> Found:
    """What `look` gives as soon as it gives something."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > deadline:
            raise AssertionError("it did not come about in time")
        time.sleep(0.02)
    return found
