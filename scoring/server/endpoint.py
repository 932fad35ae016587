"""The endpoint: brings what is served to what is desired, without losing a request on the way.

    desired.json ──▶ accept ──▶ load each new deployment in the background
                                        │ ready or failed
                                        ▼
                      settle: are all that get traffic ready?
                        yes  the new table of routes replaces the old; what left it is freed
                        no   the old traffic stays; what is ready can be asked for by name

Everything here runs on the event loop; only fetching and loading run elsewhere. So no lock.
"""

import asyncio
import logging
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime

from scoring.errors import ScoringError
from scoring.server.documents import (
    Counts,
    Deployment,
    Desired,
    Observed,
    State,
    Status,
    read_desired,
)
from scoring.server.line import Line
from scoring.server.loading import prepare
from scoring.server.routes import Routes, Served
from scoring.server.source import Source, Unavailable

log = logging.getLogger(__name__)


@dataclass
class _Slot:
    """A deployment that is being loaded, is loaded, or could not be."""

    state: State = "loading"
    reason: str | None = None
    served: Served | None = None
    task: "asyncio.Task[None] | None" = None


class Endpoint:
    """What one endpoint serves now (`routes`), and how it gets to what is desired."""

    def __init__(self, name: str, source: Source, loader: Executor, retry_seconds: float) -> None:
        self.routes = Routes()
        self.changed = asyncio.Event()
        self._name = name
        self._source = source
        self._loader = loader
        self._retry_seconds = retry_seconds
        self._tag: str | None = None
        self._desired: Desired | None = None
        self._slots: dict[Deployment, _Slot] = {}

    async def look(self) -> None:
        """Read the desired document if it changed. Raises Missing or Unavailable."""
        document = await asyncio.to_thread(self._source.desired, self._tag)
        if document is None:
            return
        self._tag = document.tag
        try:
            self._accept(read_desired(document.content))
        except ValueError as problem:
            log.error("desired.json is not followed: %s", problem)  # noqa: TRY400 - it says all.

    def status(self, now: datetime, logged: Counts) -> Status | None:
        """What is so; None as long as no desired document was seen."""
        if self._desired is None:
            return None
        # A name that was given to another version stands for the newer one, which was added later.
        observed = {each.name: _observed(each, slot) for each, slot in self._slots.items()}
        return Status(
            endpoint=self._name,
            generation=self._desired.generation,
            observed_at=now,
            deployments=tuple(observed.values()),
            traffic=dict(self.routes.traffic),
            log=logged,
        )

    async def close(self) -> None:
        """Stop loading; what is loaded stays until the last request is answered."""
        tasks = [slot.task for slot in self._slots.values() if slot.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _accept(self, desired: Desired) -> None:
        if desired.endpoint != self._name:
            raise ValueError(f"it is for the endpoint {desired.endpoint!r}, not {self._name!r}")
        if self._desired and desired.generation <= self._desired.generation:
            raise ValueError(
                f"generation {desired.generation} is not after {self._desired.generation}"
            )
        self._desired = desired
        for deployment in desired.deployments:
            slot = self._slots.get(deployment)
            if slot is None or slot.state == "failed":  # A new generation tries again.
                self._load(deployment)
        self._settle()

    def _load(self, deployment: Deployment) -> None:
        slot = self._slots[deployment] = _Slot()
        slot.task = asyncio.create_task(self._fill(deployment, slot))

    async def _fill(self, deployment: Deployment, slot: _Slot) -> None:
        loop = asyncio.get_running_loop()
        while slot.state == "loading":
            try:
                model, pace = await loop.run_in_executor(
                    self._loader, prepare, self._source, deployment
                )
                slot.served = Served(deployment.version, model, Line(model, pace))
                slot.state, slot.reason = "ready", None
            except Unavailable as problem:
                slot.reason = str(problem)
                self.changed.set()
                await asyncio.sleep(self._retry_seconds)
            except ScoringError as problem:
                log.error("%s is not served: %s", deployment.name, problem)  # noqa: TRY400 - as above.
                slot.state, slot.reason = "failed", str(problem)
            except Exception as problem:
                log.exception("loading %s", deployment.name)
                slot.state, slot.reason = "failed", f"unexpected: {problem!r:.200}"
        self._settle()

    def _settle(self) -> None:
        """Replace the routes if what is ready allows it, and let go of what is not needed."""
        assert self._desired is not None  # noqa: S101 - nothing is loaded before.
        ready = {
            each.name: served
            for each in self._desired.deployments
            if (served := self._slots[each].served) is not None
        }
        if self._desired.traffic.keys() <= ready.keys():
            self.routes = Routes(ready, self._desired.traffic)
        else:
            serving = {name: self.routes.served[name] for name in self.routes.traffic}
            self.routes = Routes(ready | serving, self.routes.traffic)
        self._forget()
        self.changed.set()

    def _forget(self) -> None:
        """Drop deployments that are neither desired nor serving; their loading is given up."""
        assert self._desired is not None  # noqa: S101 - as above.
        serving = {id(served) for served in self.routes.served.values()}
        for deployment, slot in list(self._slots.items()):
            if deployment not in self._desired.deployments and id(slot.served) not in serving:
                if slot.task:
                    slot.task.cancel()
                del self._slots[deployment]


def _observed(deployment: Deployment, slot: _Slot) -> Observed:
    return Observed(
        name=deployment.name,
        version=deployment.version,
        sha256=deployment.sha256,
        state=slot.state,
        reason=slot.reason,
    )
