"""Azure's answers, from a real server to a real client, become errors that say what is next."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from azure.core import PipelineClient
from azure.core.exceptions import ClientAuthenticationError
from azure.core.rest import HttpRequest, HttpResponse

from adapters.errors import translated
from decisions.errors import Conflict, Missing, Rejected, Transient
from local.ports import free_ports
from tests.adapters.receiver import Receiver, Reply


@pytest.fixture
def server() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


def call(url: str) -> None:
    with translated("read table models", "Storage Table Data Contributor"):
        client: PipelineClient[HttpRequest, HttpResponse] = PipelineClient(url, policies=[])
        client.send_request(HttpRequest("GET", f"{url}/models?sig=SECRET")).raise_for_status()


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_busy_service_is_tried_again_when_it_says(server: Receiver, status: int):
    server.replies.append(Reply(status, {"Retry-After": "7"}))

    with pytest.raises(Transient) as caught:
        call(server.url)

    assert caught.value.retry_after == timedelta(seconds=7)


def test_a_busy_service_that_names_no_wait_gets_none(server: Receiver):
    server.replies.append(Reply(503))

    with pytest.raises(Transient) as caught:
        call(server.url)

    assert caught.value.retry_after is None


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_names_the_role_that_is_lacking(server: Receiver, status: int):
    server.replies.append(Reply(status))

    with pytest.raises(Rejected, match="Storage Table Data Contributor") as caught:
        call(server.url)

    assert caught.value.code == "forbidden"


def test_what_is_not_there_is_missing(server: Receiver):
    server.replies.append(Reply(404))

    with pytest.raises(Missing, match="read table models"):
        call(server.url)


@pytest.mark.parametrize("status", [409, 412])
def test_what_somebody_changed_first_is_a_conflict(server: Receiver, status: int):
    server.replies.append(Reply(status))

    with pytest.raises(Conflict):
        call(server.url)


def test_a_mistake_keeps_the_services_own_word_for_it(server: Receiver):
    mistake = {"error": {"code": "EntityTooLarge", "message": "The entity is too large."}}
    server.replies.append(Reply(400, body=mistake))

    with pytest.raises(Rejected, match=r"The entity is too large\.") as caught:
        call(server.url)

    assert caught.value.code == "EntityTooLarge"


def test_a_mistake_without_a_word_is_named_by_its_status(server: Receiver):
    server.replies.append(Reply(418))

    with pytest.raises(Rejected) as caught:
        call(server.url)

    assert caught.value.code == "http_418"


def test_a_service_that_hangs_up_is_tried_again(server: Receiver):
    server.replies.append(Reply(0))

    with pytest.raises(Transient):
        call(server.url)


def test_a_service_that_is_not_reached_is_tried_again():
    [port] = free_ports(1)

    with pytest.raises(Transient, match="read table models") as caught:
        call(f"http://127.0.0.1:{port}")

    assert "SECRET" not in str(caught.value)


def test_an_identity_without_token_is_tried_again():
    with pytest.raises(Transient, match="no token"), translated("read table models"):
        raise ClientAuthenticationError("no token could be had")


def test_errors_of_our_own_pass_unchanged():
    mine = Conflict("somebody was first")

    with pytest.raises(Conflict) as caught, translated("read table models"):
        raise mine

    assert caught.value is mine
