"""The host: an app's functions, what starts them, and the state of it all."""

import asyncio
import logging
import time
import traceback
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from decisions.ncrontab import parse
from local.functions.indexing import Function, Kind, index
from local.functions.invocation import Invoker
from local.functions.keys import Access, Keys
from local.functions.requests import METHODS
from local.functions.routes import Template
from local.functions.servicebus.listener import Listener
from local.functions.servicebus.setup import listener
from local.functions.settings import HostSettings, resolve
from local.functions.stopping import Stop
from local.functions.timers import Timer

_log = logging.getLogger("host")


@dataclass(frozen=True, slots=True)
class Door:
    """The way in to one HTTP function."""

    function: Function
    template: Template
    methods: tuple[str, ...]
    access: Access


class Host:
    """Indexes the app, then starts its triggers; without an app it stays up and tells why."""

    def __init__(
        self,
        folder: Path,
        data: Path,
        settings: Mapping[str, str],
        host: HostSettings,
        keys: Keys,
        invoker: Invoker,
    ) -> None:
        self.keys = keys
        self.invoker = invoker
        self.folder = folder
        self.started = time.monotonic()
        self.error: str | None = None
        self.functions: dict[str, Function] = {}
        self.doors: list[Door] = []
        self._data = data
        self._settings = settings
        self._host = host
        self._stop = Stop()
        self._listeners: list[Listener] = []
        self._running: set[asyncio.Task[None]] = set()

    @property
    def state(self) -> str:
        """In the words of the real host."""
        return "Running" if self.error is None else "Error"

    def index(self) -> None:
        """Index the app. One exception, and none of its functions is there."""
        try:
            self.functions = {function.name: function for function in index(self.folder)}
        except Exception as error:  # noqa: BLE001 - The app's code may raise anything.
            self.error = "".join(traceback.format_exception_only(error)).strip()
            _log.exception("the app in %s cannot be indexed; it has no function", self.folder)

    async def start(self) -> None:
        """Start every trigger, and wait until each receives."""
        starters: dict[Kind, Callable[[Function], None]] = {
            Kind.HTTP: self._open_door,
            Kind.SERVICE_BUS: self._listen,
            Kind.TIMER: self._keep_time,
            Kind.EVENT_GRID: lambda _: None,  # Event Grid's web hook finds its function by name.
        }
        for function in self.functions.values():
            try:
                starters[function.kind](function)
            except ValueError as error:
                function.errors.append(str(error))
                _log.error("the trigger of %s does not start: %s", function.name, error)
        self.doors.sort(key=lambda door: -door.template.literals)
        for listening in self._listeners:
            await listening.ready.wait()

    async def stop(self, grace: float) -> None:
        """Stop receiving, and give what runs so many seconds to finish."""
        self._stop.tell()
        if self._running:
            await asyncio.wait(self._running, timeout=grace)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run beside the rest; the stop waits for it."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _open_door(self, function: Function) -> None:
        prefix, trigger = self._host.extensions.http.route_prefix, function.trigger
        template = Template(resolve(f"{prefix}/{trigger['route']}", self._settings))
        methods = tuple(trigger.get("methods") or METHODS)
        self.doors.append(Door(function, template, methods, Access(trigger["authLevel"].lower())))

    def _listen(self, function: Function) -> None:
        bus = self._host.extensions.service_bus
        listening = listener(function, self._settings, bus, self.invoker, self._stop)
        self._listeners.append(listening)
        self.spawn(listening.run())

    def _keep_time(self, function: Function) -> None:
        schedule = parse(resolve(function.trigger["schedule"], self._settings))
        folder = self._data / "timers"
        self.spawn(Timer(function, schedule, folder, self.invoker, self._stop).run())

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("a trigger ended by an error; start the host anew", exc_info=error)
