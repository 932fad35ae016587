"""The process: settings that are wrong, its end, and publishing with a token over TLS."""

import json
import signal
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.cloud.certificate import Certificate
from local.cloud.identity.tokens import Tokens
from local.ports import free_ports
from tests.local.eventgrid.grid import KEY, Endpoint, grid, webhook

TOPIC: dict[str, Any] = {"name": "orders", "id": "/subscriptions/S", "key": KEY}
EVENT = {"id": "1", "eventType": "t", "subject": "s", "eventTime": "now", "dataVersion": ""}
AUDIENCE = "https://eventgrid.azure.net"


def run(folder: Path, settings: object) -> subprocess.CompletedProcess[str]:
    """The process with settings that keep it from coming up."""
    file = folder / "settings.json"
    file.write_text(json.dumps(settings))
    command = [sys.executable, "-m", "local.eventgrid", "--port", "0"]
    command += ["--data", str(folder), "--settings", str(file)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"topics": [TOPIC, TOPIC]}, "two topics have the same name"),
        ({"subscriptions": [webhook("http://x/")]}, "to-hook: there is no topic orders"),
        ({"topics": [{**TOPIC, "key": "short"}]}, "length >= 16"),
        ({"topics": [TOPIC], "color": "red"}, "unknown field `color`"),
        (
            {"topics": [TOPIC], "subscriptions": [webhook("http://x/", labels=["a"])]},
            "unknown field `labels`",
        ),
        (
            {
                "topics": [{**TOPIC, "inputSchema": "CloudEventSchemaV1_0"}],
                "subscriptions": [webhook("http://x/")],
            },
            "cannot deliver in the Event Grid schema",
        ),
    ],
    ids=["twice", "no topic", "short key", "unknown", "unknown property", "schema"],
)
def test_wrong_settings_are_named_in_one_sentence(tmp_path: Path, settings: object, said: str):
    ended = run(tmp_path, settings)
    assert ended.returncode == 1
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_it_ends_with_status_0_when_told_to(tmp_path: Path):
    (tmp_path / "s.json").write_text("{}")
    command = [sys.executable, "-m", "local.eventgrid", "--port", "0", "--data", str(tmp_path)]
    with subprocess.Popen(
        [*command, "--settings", str(tmp_path / "s.json")], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("ready http://127.0.0.1:")
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_only_listed_principals_publish_with_a_token_over_tls(tmp_path: Path, hook: Endpoint):
    certificate = Certificate(tmp_path / "tls")
    tokens = Tokens(tmp_path / "token.key", 3600)
    [port] = free_ports(1)
    tls = {
        "port": port,
        "authority": str(tmp_path / "tls"),
        "tokenKey": str(tmp_path / "token.key"),
    }
    url = f"https://127.0.0.1:{port}/topics/orders/api/events"
    trusted = ssl.create_default_context(cafile=certificate.bundle)

    def publish(principal: str, audience: str) -> int:
        headers = {"authorization": f"Bearer {tokens.issue(principal, audience)[0]}"}
        with httpx.Client(verify=trusted) as client:
            return client.post(url, json=[EVENT], headers=headers).status_code

    topics = [{**TOPIC, "senders": ["app"]}]
    with grid(tmp_path, webhook(hook.url), topics=topics, tls=tls):
        statuses = [
            publish("app", AUDIENCE),
            publish("stranger", AUDIENCE),
            publish("app", "https://management.azure.com"),
        ]
        hook.wait(1)
    assert statuses == [200, 403, 401]
