"""Timers that write down when they ran and why."""

import json
import os
from pathlib import Path

import azure.functions as func

app = func.FunctionApp()


def _note(name: str, timer: func.TimerRequest) -> None:
    shown = {"name": name, "past_due": timer.past_due, "process": os.getpid()}
    status = getattr(timer, "schedule_status", None)
    with Path(os.environ["SEEN"]).open("a") as seen:  # noqa: TID251 - An app of its own.
        seen.write(json.dumps({**shown, "status": status}) + "\n")


@app.timer_trigger(arg_name="timer", schedule="%EVERY%")
def often(timer: func.TimerRequest) -> None:
    _note("often", timer)


@app.timer_trigger(arg_name="timer", schedule="0 0 0 * * *")
def daily(timer: func.TimerRequest) -> None:
    _note("daily", timer)


@app.timer_trigger(arg_name="timer", schedule="0 0 0 1 1 *", run_on_startup=True)
def eager(timer: func.TimerRequest) -> None:
    _note("eager", timer)


@app.timer_trigger(arg_name="timer", schedule="every morning")
def wrong(timer: func.TimerRequest) -> None:
    _note("wrong", timer)
