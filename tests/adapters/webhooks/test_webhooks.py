import ssl
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from socket import create_server
from threading import Thread
from time import sleep

import pytest
import trustme

from adapters.webhooks import SignedWebhooks, Subscriber
from decisions.errors import Misconfigured, Rejected, Transient
from decisions.ports import Delivery
from tests.adapters.receiver import Receiver, Reply

NOW = datetime.fromtimestamp(1614265330, UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
DELIVERY = Delivery(
    id="msg_p5jXN8AQM9LWM0D4loKWxJek",
    model="digits",
    subscriber="ml-team",
    kind="model.registered",
    body='{"test": 2432232314}',
    created=NOW,
)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def webhooks(
    url: str, *, private: bool = True, tls: ssl.SSLContext | None = None, timeout: float = 15.0
) -> SignedWebhooks:
    subscriber = Subscriber(
        name="ml-team",
        url=url,
        secrets=(SECRET,),
        events=("model.*", "run.failed"),
        private_network=private,
    )
    return SignedWebhooks([subscriber], tls, timeout)


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def serving(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


@pytest.mark.parametrize(
    ("kind", "names"),
    [("model.deployed", ["ml-team"]), ("run.failed", ["ml-team"]), ("run.completed", [])],
)
def test_names_those_whose_patterns_match(kind: str, names: list[str]) -> None:
    assert webhooks("https://example.com/").subscribers(kind) == names


def test_sends_what_the_official_vector_signs(receiver: Receiver) -> None:
    webhooks(f"{receiver.url}/hook?from=ratchet").post(DELIVERY, NOW)

    (request,) = receiver.requests
    assert request.path == "/hook?from=ratchet"
    assert request.body == b'{"test": 2432232314}'
    assert request.headers["content-type"] == "application/json"
    assert request.headers["webhook-timestamp"] == "1614265330"
    assert request.headers["webhook-signature"] == (
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 404, 409, 429, 500, 502, 503])
def test_every_other_status_is_tried_again(receiver: Receiver, status: int) -> None:
    receiver.replies.append(Reply(status, {"Location": receiver.url}))

    with pytest.raises(Transient, match=f"ml-team: its receiver answered {status}"):
        webhooks(receiver.url).post(DELIVERY, NOW)

    assert len(receiver.requests) == 1


def test_gone_ends_a_subscription(receiver: Receiver) -> None:
    receiver.replies.append(Reply(410))

    with pytest.raises(Rejected) as caught:
        webhooks(receiver.url).post(DELIVERY, NOW)

    assert caught.value.code == "gone"


@pytest.mark.parametrize(
    ("asked", "wait"),
    [("120", timedelta(minutes=2)), ("99999999999999999999", timedelta(days=1)), ("soon", None)],
    ids=["seconds", "for ever", "unreadable"],
)
def test_respects_the_wait_that_was_asked_for(
    receiver: Receiver, asked: str, wait: timedelta | None
) -> None:
    receiver.replies.append(Reply(429, {"Retry-After": asked}))

    with pytest.raises(Transient) as caught:
        webhooks(receiver.url).post(DELIVERY, NOW)

    assert caught.value.retry_after == wait


def test_reaches_nobody_inside_unless_marked(receiver: Receiver) -> None:
    url = f"https://127.0.0.1:{receiver.port}/"

    with pytest.raises(Rejected) as caught:
        webhooks(url, private=False).post(DELIVERY, NOW)

    assert caught.value.code == "forbidden_address"
    assert receiver.requests == []


def test_checks_the_certificate_against_the_name(authority: trustme.CA) -> None:
    with Receiver(serving(authority, "localhost")) as receiver:
        url = f"https://localhost:{receiver.port}/"
        webhooks(url, tls=trusting(authority)).post(DELIVERY, NOW)

        assert receiver.requests[0].headers["host"] == f"localhost:{receiver.port}"


def test_a_certificate_for_another_name_is_refused(authority: trustme.CA) -> None:
    with Receiver(serving(authority, "other.example")) as receiver:
        url = f"https://localhost:{receiver.port}/"
        with pytest.raises(Transient, match="certificate"):
            webhooks(url, tls=trusting(authority)).post(DELIVERY, NOW)

        assert receiver.requests == []


def test_an_authority_that_nobody_trusts_is_refused(authority: trustme.CA) -> None:
    with Receiver(serving(authority, "localhost")) as receiver:
        with pytest.raises(Transient, match="certificate"):
            webhooks(f"https://localhost:{receiver.port}/").post(DELIVERY, NOW)

        assert receiver.requests == []


def test_a_receiver_that_hangs_up_is_tried_again() -> None:
    with create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            server.accept()[0].close()

        hanging_up = Thread(target=hang_up)
        hanging_up.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"

        with pytest.raises(Transient, match="did not answer"):
            webhooks(url).post(DELIVERY, NOW)

        hanging_up.join()


def test_a_receiver_that_dribbles_is_cut_off() -> None:
    with create_server(("127.0.0.1", 0)) as server:

        def dribble() -> None:
            connection, _ = server.accept()
            with connection, suppress(OSError):
                connection.sendall(b"HTTP/1.1 200 OK\r\n")
                while True:
                    connection.sendall(b"X-More: and more\r\n")
                    sleep(0.2)

        dribbling = Thread(target=dribble)
        dribbling.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"

        with pytest.raises(Transient, match="did not answer"):
            webhooks(url, timeout=0.5).post(DELIVERY, NOW)

        dribbling.join()


def test_nobody_listening_is_tried_again() -> None:
    with create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    with pytest.raises(Transient, match="did not answer"):
        webhooks(f"http://127.0.0.1:{port}/").post(DELIVERY, NOW)


def test_a_subscriber_that_was_removed_is_told_nothing() -> None:
    with pytest.raises(Rejected) as caught:
        SignedWebhooks([]).post(DELIVERY, NOW)

    assert caught.value.code == "unknown_subscriber"


@pytest.mark.parametrize(
    ("url", "private"),
    [
        ("http://example.com/hook", False),
        ("ftp://example.com/hook", True),
        ("https://user:hush@example.com/hook", False),
        ("https:///hook", False),
        ("https://[::1/hook", False),
        ("hook", False),
    ],
    ids=["plain HTTP outside", "not HTTP", "with a password", "no host", "broken", "no address"],
)
def test_a_bad_address_is_a_misconfiguration(url: str, private: bool) -> None:
    with pytest.raises(Misconfigured, match="ml-team") as caught:
        webhooks(url, private=private)

    assert "hush" not in str(caught.value)


def test_a_subscriber_shows_neither_address_nor_secret() -> None:
    subscriber = Subscriber(
        name="ml-team", url="https://example.com/T0K3N", secrets=(SECRET,), events=("*",)
    )

    assert "T0K3N" not in repr(subscriber)
    assert SECRET not in repr(subscriber)


def test_no_secret_is_a_misconfiguration() -> None:
    with pytest.raises(Misconfigured, match="ml-team has no secret"):
        Subscriber(name="ml-team", url="https://example.com/", secrets=())
