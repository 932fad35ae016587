"""The miniature workspace behind an ARM that asks nobody who they are."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from local.cloud import arm
from local.cloud.errors import Refused
from local.cloud.ids import parse
from local.cloud.workspace.provider import Workspace
from local.cloud.workspace.settings import Settings
from tests.adapters.receiver import Receiver, Reply, Request

WORKSPACE = (
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/"
    "Microsoft.MachineLearningServices/workspaces/ws"
)


@contextmanager
def workspace(
    manager: Receiver, storage: str, tracking_uri: str, folder: Path
) -> Iterator[Workspace]:
    """Run a workspace and let `manager` answer for it."""
    settings = Settings(
        id=WORKSPACE, storage=storage, mlflow=tracking_uri, tracking_uri=tracking_uri, folder=folder
    )
    running = Workspace(settings, lambda _: None)
    manager.answer = lambda request: _answer(running, manager.url, request)
    running.start()
    try:
        yield running
    finally:
        running.stop()


def _answer(running: Workspace, address: str, request: Request) -> Reply:
    path = urlsplit(request.path).path
    try:
        if path == "/discovery":
            return Reply(200, body={"api": address, "history": f"{address}/history"})
        if path.startswith("/history/"):
            return Reply(200, body=running.details(path.split("/")[-2]))
        return _resource(running, address, request)
    except Refused as refused:
        return Reply(refused.status, body=refused.body)


def _resource(running: Workspace, address: str, request: Request) -> Reply:
    url = urlsplit(request.path)
    resource, action = parse(url.path, action=request.method == "POST")
    asked = arm.Request(
        method=request.method,
        id=resource,
        action=action,
        query=dict(parse_qsl(url.query)),
        body=request.json if request.body else {},
        principal="a test",
    )
    answer = running.answer(asked)
    if url.path == WORKSPACE and answer.body:
        answer.body["properties"]["discoveryUrl"] = f"{address}/discovery"
    return Reply(answer.status, body=answer.body)
