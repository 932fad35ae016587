"""A running stack as the outside sees it: through Azure's interfaces, and as a user at a shell."""

import json
import ssl
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
from azure.data.tables import TableServiceClient
from azure.servicebus import ServiceBusMessage
from azure.storage.blob import BlobServiceClient

from adapters.clients import servicebus_client
from adapters.storage.models import TableModels
from decisions.ports import Entry
from decisions.state import ModelState
from local.emulators import PROJECT, QUEUE_PROPERTIES
from local.layout import ENDPOINT_KEY, GROUP, WORKSPACE, layout
from local.ports import HOST
from local.stack import Stack

PATIENCE = 120.0
HOST_PROCESS = "functions-0"
# A dead host's messages come again when its locks end; a test need not wait for minutes.
QUICK_QUEUES = {
    name: {**properties, "lockDuration": "PT5S"} for name, properties in QUEUE_PROPERTIES.items()
}


class Outside:
    """Everything that a test sees of a stack, and does to it."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        storage = stack.settings["RATCHET_STORAGE"]
        self.blobs = BlobServiceClient.from_connection_string(storage)
        self._tables = TableServiceClient.from_connection_string(storage)
        self._models = TableModels(self._tables.get_table_client("models"))
        trust = ssl.create_default_context(cafile=str(stack.emulators.ca_bundle))
        self._azure = httpx.Client(verify=trust, timeout=30)

    def close(self) -> None:
        """Let go of all connections."""
        for client in (self.blobs, self._tables, self._azure):
            client.close()

    def state(self, model: str) -> ModelState:
        """What Ratchet remembers of a model: to wait by, not to believe."""
        return self._models.load(model).state

    def ledger(self, model: str) -> list[Entry]:
        """What was decided, oldest first."""
        return list(self._models.ledger(model, 1000))[::-1]

    def until(self, what: str, holds: Callable[[], Any]) -> None:
        """Wait until something holds."""
        deadline = time.monotonic() + PATIENCE
        while not holds():
            self.stack.check()
            assert time.monotonic() < deadline, f"waited in vain until {what}"
            time.sleep(0.01)

    def until_live(self, model: str, version: str = "1") -> None:
        """Wait until a version serves alone and nothing is in flight."""
        self.until(f"{model} {version} is live", lambda: self._serves(model, version))

    def waiting_files(self, model: str) -> int:
        """How many files have arrived and were found fit."""
        gathering = self.state(model).gathering
        return gathering.files if gathering else 0

    def retrain(self, model: str) -> None:
        """Ask for a training once the model's file was opened."""
        self.until("the file was opened", lambda: self.waiting_files(model) == 1)
        self.ratchet("retrain", model)

    def rests(self, model: str) -> bool:
        """Whether nothing is in flight for a model."""
        state = self.state(model)
        return not (state.training or state.rollout or state.pending)

    def upload(self, path: str, content: bytes, container: str = "data") -> None:
        """Upload a file with the ordinary client."""
        self.blobs.get_container_client(container).upload_blob(path, content)

    def names(self, container: str, prefix: str) -> list[str]:
        """The blobs below a prefix."""
        return [one.name for one in self.blobs.get_container_client(container).list_blobs(prefix)]

    def content(self, container: str, path: str) -> bytes:
        """The bytes of a blob."""
        found: bytes = self.blobs.get_blob_client(container, path).download_blob().readall()
        return found

    def document(self, container: str, path: str) -> Any:
        """A JSON document in a blob."""
        return json.loads(self.content(container, path))

    def ratchet(self, *arguments: str, code: int = 0) -> Any:
        """Run a command with --json as a user does; gives what it printed."""
        settings = ("--settings", str(self.stack.settings_file))
        command = [sys.executable, "-m", "cli", *arguments, "--json", *settings]
        ended = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
        assert ended.returncode == code, ended.stdout + ended.stderr
        return json.loads(ended.stdout) if ended.stdout else ended.stderr

    def jobs(self, model: str) -> dict[str, str]:
        """The training jobs of a model in the workspace, with their status."""
        page = self._get(f"{WORKSPACE}/jobs", "2024-04-01")["value"]
        return {
            job["name"]: job["properties"]["status"]
            for job in page
            if job["properties"]["tags"]["ratchet.model"] == model
        }

    def versions(self, model: str) -> dict[str, str]:
        """The versions of a model in MLflow, with the run that each is of."""
        asked = {"filter": f"name='{model}'"}
        place = f"{self.stack.urls['mlflow']}/api/2.0/mlflow/model-versions/search"
        found = self._azure.get(place, params=asked).json().get("model_versions", [])
        tags = {one["version"]: {tag["key"]: tag["value"] for tag in one["tags"]} for one in found}
        return {version: some["ratchet.run"] for version, some in tags.items()}

    def address(self, model: str) -> str:
        """Where the container group of a model's endpoint is reached."""
        group = f"{GROUP}/providers/Microsoft.ContainerInstance/containerGroups/{model}"
        address = self._get(group, "2023-05-01")["properties"]["ipAddress"]
        return f"http://{address['ip']}:{address['ports'][0]['port']}"

    def score(self, model: str, rows: dict[str, list[float]]) -> tuple[str, Any]:
        """Ask a model's endpoint; gives the deployment that answered, and its answer."""
        data = [list(row) for row in zip(*rows.values(), strict=True)]
        question = {"columns": list(rows), "index": list(range(len(data))), "data": data}
        url, key = f"{self.address(model)}/score", {"Authorization": f"Bearer {ENDPOINT_KEY}"}
        assert self._azure.post(url, json={"input_data": question}).status_code == 401
        answer = self._azure.post(url, json={"input_data": question}, headers=key)
        assert answer.status_code == 200, answer.text
        return answer.headers["azureml-model-deployment"], answer.json()

    def webhooks(self, model: str) -> list[dict[str, Any]]:
        """The webhooks about a model that the receiver took, their signatures verified."""
        received = self._azure.get(f"{self.stack.urls['webhooks']}/received").json()
        return [one for one in received if one["body"]["data"]["model"] == model]

    def kinds(self, model: str) -> Counter[str]:
        """How many different webhooks of each kind there were."""
        ids = {one["webhook-id"]: one["body"]["type"] for one in self.webhooks(model)}
        return Counter(ids.values())

    @contextmanager
    def fault(self, **fault: Any) -> Iterator[Callable[[], bool]]:
        """Trouble in the control plane; tells whether it still lies in wait."""
        place = self.stack.urls["faults"]
        number = self._azure.post(place, json=fault).raise_for_status().json()["id"]
        yield lambda: str(number) in self._azure.get(place).json()["faults"]
        self._azure.delete(f"{place}/{number}")

    @contextmanager
    def no_events(self) -> Iterator[None]:
        """Event Grid loses everything that is published meanwhile."""
        place = f"{self.stack.urls['event grid']}/admin/faults"
        self._azure.put(place, json={"drop": 1}).raise_for_status()
        yield
        self._azure.put(place, json={}).raise_for_status()

    def replay(self, times: int) -> int:
        """Have all events delivered again, shuffled; gives how many that were."""
        grid = f"{self.stack.urls['event grid']}/admin"
        again = self._azure.post(f"{grid}/replay", json={"times": times, "seed": 11})
        self.until("they are delivered", lambda: not self._waiting(grid))
        return int(again.raise_for_status().json()["published"])

    def send_to_lane(self, model: str, body: bytes) -> None:
        """Put a message of one's own into a model's lane."""
        with (
            servicebus_client(self.stack.settings["RATCHET_SERVICEBUS"]) as bus,
            bus.get_queue_sender("lanes") as sender,
        ):
            sender.send_messages(ServiceBusMessage(body, session_id=model))

    def crash(self) -> None:
        """Kill the Functions host with SIGKILL, and start it again."""
        self.stack.kill(HOST_PROCESS)
        self.stack.start(HOST_PROCESS)

    def tick(self) -> None:
        """Have the app's timer run now."""
        headers = {"x-functions-key": self.stack.emulators.master_key}
        place = f"{self.stack.urls[HOST_PROCESS]}/admin/functions/tick"
        self._azure.post(place, headers=headers, json={"input": ""}).raise_for_status()

    def health(self) -> tuple[int, Any]:
        """What the app says of its configuration."""
        answer = self._azure.get(f"{self.stack.urls[HOST_PROCESS]}/api/health")
        return answer.status_code, answer.json()

    def functions(self) -> set[str]:
        """The names of the functions that the host has indexed."""
        headers = {"x-functions-key": self.stack.emulators.master_key}
        place = f"{self.stack.urls[HOST_PROCESS]}/admin/functions"
        return {one["name"] for one in self._azure.get(place, headers=headers).json()}

    def _serves(self, model: str, version: str) -> bool:
        live = self.state(model).live
        return live is not None and live.version.version == version and self.rests(model)

    def _waiting(self, grid: str) -> bool:
        deliveries = self._azure.get(grid).json()["deliveries"]
        return any(states.get("waiting") for states in deliveries.values())

    def _get(self, resource: str, version: str) -> Any:
        place = f"{self.stack.urls['resource manager']}{resource}"
        answer = self._azure.get(
            place, params={"api-version": version}, headers={"Authorization": self._token}
        )
        return answer.raise_for_status().json()

    @cached_property
    def _token(self) -> str:
        settings = self.stack.settings
        answer = self._azure.get(
            settings["IDENTITY_ENDPOINT"],
            params={"resource": "https://management.azure.com", "api-version": "2019-08-01"},
            headers={"X-IDENTITY-HEADER": settings["IDENTITY_HEADER"]},
        )
        return f"Bearer {answer.raise_for_status().json()['access_token']}"


@contextmanager
def running(folder: Path, config: Path, pipeline: Path) -> Iterator[Outside]:
    """A stack with a published pipeline."""
    folder.mkdir()
    kept = layout(folder, hosts=1)
    told = {
        "ML_TEAM_WEBHOOK": f"http://{HOST}:{kept.ports.receiver}/",
        "ML_TEAM_SECRET": kept.webhook_secret,
        "RATCHET_LOG_EVERY": "1",
    }
    with (
        Stack(folder, config, settings=told, queues=QUICK_QUEUES) as stack,
        closing(Outside(stack)) as outside,
    ):
        assert outside.ratchet("publish", str(pipeline))["new"]
        yield outside
