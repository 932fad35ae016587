"""HTTP functions of a running host."""

import pytest

from tests.local.functions.hosting import FUNCTION, MASTER, Hosted


def test_function_is_given_the_whole_request(doors: Hosted):
    with doors.client(FUNCTION) as client:
        answer = client.post(
            "/api/models/digits/3?a=1&b=2&a=3", content="ünï", headers={"X-Test": "yes"}
        )
    given = answer.json()
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert len(given.pop("invocation")) == 36
    assert given == {
        "method": "POST",
        "name": "digits",
        "version": "3",
        "params": {"a": "1,3", "b": "2"},
        "header": "yes",
        "body": "ünï",
        "function": "model",
        "setting": "from the settings",
    }


def test_async_function_answers_on_the_loop(doors: Hosted):
    with doors.client() as client:
        answer = client.get("/api/open")
    assert (answer.status_code, answer.text) == (200, "open")


def test_response_keeps_status_headers_cookies_and_bytes(doors: Hosted):
    with doors.client(MASTER) as client:
        answer = client.get("/api/closed")
    assert (answer.status_code, answer.content) == (201, b"\x00\xff")
    assert (answer.headers["x-answer"], answer.headers["content-type"]) == ("42", "a/b")
    assert answer.headers["set-cookie"] == "a=1; Path=/"


def test_nothing_returned_is_no_content(doors: Hosted):
    with doors.client() as client:
        assert client.get("/api/silent").status_code == 204


def test_error_stays_inside(doors: Hosted):
    with doors.client() as client:
        answer = client.get("/api/raises")
    assert (answer.status_code, answer.content) == (500, b"")
    lines = [line for line in doors.log if line.get("function") == "raises"]
    assert lines[-1]["outcome"] == "failed"
    assert "RuntimeError: a secret of the inside" in lines[-1]["exception"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("DELETE", "/api/models/digits"), ("GET", "/models/digits"), ("GET", "/api/models/digits/x")],
    ids=["method", "without prefix", "constraint"],
)
def test_what_no_route_matches_is_not_found(doors: Hosted, method: str, path: str):
    with doors.client(MASTER) as client:
        assert client.request(method, path).status_code == 404


@pytest.mark.parametrize(
    ("path", "key", "status"),
    [
        ("/api/models/m", None, 401),
        ("/api/models/m", "wrong", 401),
        ("/api/models/m", FUNCTION, 200),
        ("/api/models/m", MASTER, 200),
        ("/api/closed", FUNCTION, 401),
        ("/api/open", "wrong", 200),
    ],
)
def test_key_levels_are_those_of_the_function(
    doors: Hosted, path: str, key: str | None, status: int
):
    with doors.client(key) as client:
        assert client.get(path).status_code == status
    with doors.client() as client:
        assert client.get(path, params={"code": key} if key else {}).status_code == status


def test_each_invocation_leaves_one_log_line(doors: Hosted):
    with doors.client(FUNCTION) as client:
        invocation = client.get("/api/models/logged").json()["invocation"]
    lines = [line for line in doors.log if line.get("invocation") == invocation]
    assert [(line["function"], line["outcome"]) for line in lines] == [("model", "succeeded")]
    assert lines[0]["milliseconds"] >= 0


def test_keys_are_not_in_the_log(doors: Hosted):
    with doors.client() as client:
        client.get("/api/models/m", params={"code": FUNCTION})
        client.get("/api/nothing", params={"code": MASTER})
    text = (doors.folder / "log").read_text()
    assert FUNCTION not in text
    assert MASTER not in text
