"""One container: a process, started again as the policy says, and what is told of it."""

import signal
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.cloud.guarded import spawn, sweep
from local.cloud.operations import now

# How long a container has between being asked to end and being killed.
GRACE_SECONDS = 4.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
_MOST_EVENTS = 20


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a container runs."""

    name: str
    image: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path
    policy: str

    @property
    def log(self) -> Path:
        """The file with all that the newest process says."""
        return self.folder / f"{self.name}.log"

    def again(self, exit_code: int) -> bool:
        """Whether a process that ended is started again."""
        return self.policy == "Always" or (self.policy == "OnFailure" and exit_code != 0)


class Container:
    """Runs a plan until it is stopped."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._started = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._restarts = 0
        self._state: dict[str, Any] = {"state": "Waiting", "startTime": now(), "detailStatus": ""}
        self._previous: dict[str, Any] | None = None
        self._events: list[dict[str, Any]] = []
        self._thread = threading.Thread(target=self._run, name=f"container-{plan.name}")

    def start(self) -> None:
        """Start the process and return once it runs."""
        self._note("Pulled", f'Successfully pulled image "{self._plan.image}"')
        self._thread.start()
        self._started.wait()

    def ask_to_stop(self) -> None:
        """Ask the process to end; it is not started again."""
        with self._lock:
            self._stopped.set()
            if self._process and self._process.poll() is None:
                self._note("Killing", f"Killing container {self._plan.name}")
                self._process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        """End the process, by force where asking does not help."""
        self.ask_to_stop()
        self._thread.join(GRACE_SECONDS)
        if self._thread.is_alive() and self._process:
            sweep(self._process)
        self._thread.join()

    @property
    def state(self) -> dict[str, Any]:
        """The state now: `Waiting`, `Running` or `Terminated`."""
        return self._state

    def view(self) -> dict[str, Any]:
        """The `instanceView` of a container."""
        with self._lock:
            previous = {"previousState": self._previous} if self._previous else {}
            return {
                "restartCount": self._restarts,
                "currentState": self._state,
                **previous,
                "events": list(self._events),
            }

    def _run(self) -> None:
        pause = _FIRST_PAUSE
        while process := self._spawn():
            code = self._wait(process)
            if self._stopped.is_set() or not self._plan.again(code):
                return
            self._back_off()
            if self._stopped.wait(pause):
                return
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _spawn(self) -> subprocess.Popen[bytes] | None:
        """Start the process, unless the container was stopped before."""
        plan = self._plan
        with self._lock:
            try:
                if self._stopped.is_set():
                    return None
                self._process = spawn(
                    plan.command, folder=plan.folder, environment=plan.environment, log=plan.log
                )
                self._note("Started", "Started container")
                self._enter("Running", detailStatus="")
                return self._process
            finally:
                self._started.set()

    def _wait(self, process: subprocess.Popen[bytes]) -> int:
        """Wait for the end of the process; gives its exit code as `docker run` would."""
        returned = process.wait()
        sweep(process)
        code = returned if returned >= 0 else 128 - returned
        word = "Completed" if code == 0 else "Error"
        with self._lock:
            self._enter("Terminated", exitCode=code, finishTime=now(), detailStatus=word)
        return code

    def _back_off(self) -> None:
        with self._lock:
            self._restarts += 1
            self._enter("Waiting", detailStatus="CrashLoopBackOff: Back-off restarting failed")

    def _enter(self, state: str, **details: Any) -> None:
        if self._state["state"] != "Waiting":
            self._previous = self._state
        self._state = {"state": state, "startTime": now(), **details}

    def _note(self, name: str, message: str) -> None:
        moment = now()
        times = {"count": 1, "firstTimestamp": moment, "lastTimestamp": moment}
        self._events.append({**times, "name": name, "message": message, "type": "Normal"})
        del self._events[:-_MOST_EVENTS]
