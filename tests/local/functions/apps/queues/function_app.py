"""Queue functions that write down what they were given, and do as the message says."""

import json
import os
import threading
import time
from pathlib import Path
from typing import Any

import azure.functions as func

app = func.FunctionApp()
_writing = threading.Lock()


def _note(document: dict[str, Any]) -> None:
    with _writing, Path(os.environ["SEEN"]).open("a") as seen:  # noqa: TID251 - An app of its own.
        seen.write(json.dumps(document, default=str) + "\n")


def _given(message: func.ServiceBusMessage) -> dict[str, Any]:
    return {
        "id": message.message_id,
        "session": message.session_id,
        "delivery": message.delivery_count,
        "sequence": message.sequence_number,
        "properties": message.application_properties,
        "subject": message.subject,
        "content_type": message.content_type,
        "correlation": message.correlation_id,
        "enqueued": message.enqueued_time_utc,
        "locked_until": message.locked_until,
        "lock": message.lock_token,
    }


def _obey(message: func.ServiceBusMessage) -> None:
    order = json.loads(message.get_body())
    _note({"event": "begin", "at": time.time(), **_given(message)})
    if (message.delivery_count or 0) <= order.get("failures", 0):
        raise RuntimeError("as the message says")
    deadline, until = time.monotonic() + order.get("seconds", 0), order.get("until")
    while time.monotonic() < deadline and not (until and Path(until).exists()):
        time.sleep(0.01)
    _note({"event": "end", "id": message.message_id, "session": message.session_id})


@app.service_bus_queue_trigger(arg_name="message", queue_name="%WORK%", connection="BUS")
def work(message: func.ServiceBusMessage) -> None:
    _obey(message)


@app.service_bus_queue_trigger(
    arg_name="message", queue_name="lanes", connection="BUS", is_sessions_enabled=True
)
def step(message: func.ServiceBusMessage) -> None:
    _obey(message)


@app.service_bus_queue_trigger(arg_name="message", queue_name="work", connection="NOWHERE")
def lost(message: func.ServiceBusMessage) -> None:
    raise AssertionError("its connection has no setting")
