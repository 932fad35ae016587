"""The listening socket, on the loopback interface alone, and the web server behind it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

HOST = "127.0.0.1"


class _Server(uvicorn.Server):
    """A server that leaves the signals to the host, which has more to end than requests."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def server(application: Any, grace: int) -> uvicorn.Server:
    """A server; requests that run when it is told to exit have so many seconds to finish."""
    return _Server(
        uvicorn.Config(
            application,
            access_log=False,
            lifespan="off",
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=grace,
        )
    )


def bind(port: int) -> socket.socket:
    """A socket that queues connections from now on. Raises OSError that names the port."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OSError as error:
        listening.close()
        raise OSError(
            f"cannot listen on {HOST}:{port}: {error.strerror}; try another port"
        ) from error
    listening.listen()
    return listening
