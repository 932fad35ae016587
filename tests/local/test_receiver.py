"""The webhook receiver, held against the vectors of Standard Webhooks."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from local.ports import free_ports
from local.processes import Supervisor
from local.receiver import receiver, signature_holds

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_vector_of_the_specification_holds():
    """Source: standard-webhooks, tests of the Python library (MIT)."""
    signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    arguments = (SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
    assert signature_holds(*arguments, signature)
    assert signature_holds(*arguments, f"v1,AAAA {signature}")
    assert not signature_holds(*arguments, "v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """A running receiver."""
    [port] = free_ports(1)
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    with Supervisor(tmp_path / "logs") as processes:
        processes.start(receiver(tmp_path / "data", port=port, secret=secret))
        yield f"http://127.0.0.1:{port}"


def send(url: str, body: bytes, *, age: float = 0, identifier: str = "msg_1") -> int:
    timestamp = str(int(time.time() - age))
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    signed = f"{identifier}.{timestamp}.".encode() + body
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    headers = {
        "webhook-id": identifier,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{signature}",
    }
    return httpx.post(url, content=body, headers=headers).status_code


def test_a_genuine_webhook_is_kept(url: str):
    assert send(url, json.dumps({"type": "model.registered"}).encode()) == 204
    assert httpx.get(f"{url}/received").json() == [
        {"webhook-id": "msg_1", "body": {"type": "model.registered"}}
    ]


def test_a_forged_or_old_webhook_is_refused(url: str):
    assert httpx.post(url, content=b"{}", headers={"webhook-id": "x"}).status_code == 401
    assert send(url, b"{}", age=3600) == 401
    assert httpx.get(f"{url}/received").json() == []


def test_it_fails_as_often_as_told(url: str):
    assert httpx.put(f"{url}/fail", json={"times": 2, "status": 503}).status_code == 204
    assert [send(url, b"{}") for _ in range(3)] == [503, 503, 204]
    assert len(httpx.get(f"{url}/received").json()) == 1
