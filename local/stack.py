"""The whole miniature Azure: everything started side by side, with all state in one folder."""

import contextlib
import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from azure.core.exceptions import ResourceExistsError
from azure.data.tables import TableServiceClient
from azure.storage.blob import BlobServiceClient

from local.emulators import CONTAINERS, PROJECT, QUEUE_PROPERTIES, TABLES, Emulators
from local.layout import layout, write_secret
from local.ports import HOST
from local.processes import ProcessError, Service, Supervisor

STOPS_WITHIN = 60.0


class Stack:
    """A context in which the miniature Azure runs.

    `config` is the ratchet.yaml of the app, `hosts` the number of Functions hosts, `app` the
    folder of function_app.py, `settings` what the app is told beside the stack's own settings,
    `queues` the properties of each queue. State in `folder` survives; one stack at a time uses a
    folder.
    """

    def __init__(
        self,
        folder: Path,
        config: Path,
        *,
        hosts: int = 1,
        app: Path = PROJECT,
        settings: Mapping[str, str] | None = None,
        queues: Mapping[str, Mapping[str, Any]] = QUEUE_PROPERTIES,
        retry_factor: float = 1.0,
    ) -> None:
        self.folder = folder.resolve()
        self._config = config.resolve()
        self._hosts = hosts
        self._app = app
        self._extra = dict(settings or {})
        self._queues = queues
        self._retry_factor = retry_factor
        self._exit = contextlib.ExitStack()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as undo:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            undo.enter_context(_claimed(self.folder))
            kept = layout(self.folder, self._hosts)
            self.emulators = Emulators(
                self.folder, kept, queues=self._queues, retry_factor=self._retry_factor
            )
            self._supervisor = undo.enter_context(Supervisor(self.folder / "logs"))
            self._services = {service.name: service for service in self._made()}
            self._come_up()
            self._exit = undo.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._exit.close()

    @property
    def settings_file(self) -> Path:
        """The settings of a person who works with the stack; the command line finds it."""
        return self.folder / "local.settings.json"

    @property
    def settings(self) -> dict[str, str]:
        """Those settings."""
        values: dict[str, str] = json.loads(self.settings_file.read_bytes())["Values"]
        return values

    @property
    def urls(self) -> dict[str, str]:
        """Where everything is, by name."""
        made = self.emulators
        ports = made.layout.ports
        hosts = {
            f"functions-{number}": f"http://{HOST}:{made.layout.functions[number]}"
            for number in range(self._hosts)
        }
        return {
            **hosts,
            "blobs": f"http://{HOST}:{ports.blob}/devstoreaccount1",
            "tables": f"http://{HOST}:{ports.table}/devstoreaccount1",
            "service bus": f"sb://{HOST}:{ports.servicebus}",
            "event grid": f"http://{HOST}:{ports.eventgrid}",
            "resource manager": made.resource_manager,
            "faults": f"http://{HOST}:{ports.identity}/faults",
            "mlflow": f"http://{HOST}:{ports.mlflow}",
            "webhooks": f"http://{HOST}:{ports.receiver}",
        }

    @property
    def names(self) -> list[str]:
        """The processes, in the order in which they start."""
        return list(self._services)

    def start(self, name: str) -> None:
        """Start a process again that was stopped or killed, and wait until it is up."""
        self._supervisor.start(self._services[name])

    def stop(self, name: str) -> None:
        """End a process gracefully."""
        self._supervisor.stop(name)

    def kill(self, name: str) -> None:
        """Kill a process with SIGKILL, as a crash would."""
        self._supervisor.kill(name)

    def add_host(self) -> str:
        """Start one more Functions host beside the others; gives its name."""
        made = self.emulators
        made.layout = layout(self.folder, self._hosts + 1)
        host = made.functions(self._hosts, self._app, self._app_settings)
        self._services[host.name] = host
        self._hosts += 1
        self._supervisor.start(host)
        return host.name

    def check(self) -> None:
        """Raise ProcessError when a process has ended by itself."""
        self._supervisor.check()

    def _made(self) -> Iterator[Service]:
        made = self.emulators
        # The slowest first.
        yield made.mlflow()
        yield made.azurite()
        yield made.cloud()
        yield made.servicebus()
        yield made.eventgrid()
        yield made.receiver()
        self._write_settings()
        for number in range(self._hosts):
            yield made.functions(number, self._app, self._app_settings)

    def _come_up(self) -> None:
        """Everything at once, but for the hosts, which need queues, tables and containers."""
        hosts = [service for name, service in self._services.items() if "functions" in name]
        others = [service for service in self._services.values() if service not in hosts]
        self._supervisor.launch(*others)
        self._supervisor.wait("azurite", "eventgrid", "servicebus")
        _create_places(self.emulators.storage)
        self._supervisor.launch(*hosts)
        self._supervisor.wait(*self._services)

    @property
    def _app_settings(self) -> Path:
        return self.folder / "functions" / "local.settings.json"

    def _write_settings(self) -> None:
        """The app's settings, and the same for a person: only who they are differs."""
        made = self.emulators
        shared = {
            "FUNCTIONS_WORKER_RUNTIME": "python",
            "AzureWebJobsStorage": made.storage,
            **made.app_settings(),
            "RATCHET_CONFIG": str(self._config),
            **self._extra,
        }
        self._app_settings.parent.mkdir(exist_ok=True)
        _write_values(self._app_settings, shared | made.identity(made.layout.function_app))
        _write_values(self.settings_file, shared | made.identity(made.layout.person))


def running(folder: Path) -> int | None:
    """The id of the process that runs a stack in a folder; None when none does.

    The process holds a lock on the file that names it, which nobody else can after its end.
    """
    with contextlib.suppress(FileNotFoundError), (folder / "stack.lock").open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(file.read() or 0) or None
    return None


def end(folder: Path) -> bool:
    """End the stack that runs in a folder, and wait until it is gone; whether there was one.

    Raises ProcessError when it does not end in time.
    """
    pid = running(folder)
    if pid is None:
        return False
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOPS_WITHIN
    while running(folder) is not None:
        if time.monotonic() > deadline:
            raise ProcessError(f"The stack in {folder} (process {pid}) does not end.")
        time.sleep(0.05)
    return True


@contextlib.contextmanager
def _claimed(folder: Path) -> Iterator[IO[Any]]:
    """Hold the folder's lock. Raises ProcessError when another stack does."""
    with (folder / "stack.lock").open("a+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ProcessError(
                f"A stack runs in {folder} already (process {running(folder)}). End it with "
                "`ratchet down`, or choose another folder."
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()).encode())
        file.flush()
        yield file


def _create_places(storage: str) -> None:
    """The containers and tables that the app uses, as the templates of a deployment make them."""
    with BlobServiceClient.from_connection_string(storage) as blobs:
        for name in CONTAINERS:
            with contextlib.suppress(ResourceExistsError):
                blobs.create_container(name)
    with TableServiceClient.from_connection_string(storage) as tables:
        for name in TABLES:
            tables.create_table_if_not_exists(name)


def _write_values(path: Path, values: Mapping[str, str]) -> None:
    content = {"IsEncrypted": False, "Values": dict(values)}
    write_secret(path, json.dumps(content, indent=2).encode())
