"""What a function learns about its own invocation: `func.Context`."""

import secrets
import threading
import uuid
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import azure.functions as func
from azure.functions._abc import RetryContext, TraceContext

running: ContextVar["Context | None"] = ContextVar("running", default=None)
_thread_local = threading.local()


class _Trace(TraceContext):
    """A new trace in the notation of W3C Trace Context."""

    def __init__(self) -> None:
        self._parent = f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"

    @property
    def trace_state(self) -> str:
        return ""

    @property
    def trace_parent(self) -> str:
        return self._parent

    @property
    def attributes(self) -> dict[str, str]:
        return {}


class _NoRetry(RetryContext):
    """Of a function without a retry policy."""

    @property
    def retry_count(self) -> int:
        return 0

    @property
    def max_retry_count(self) -> int:
        return 0

    @property
    def exception(self) -> Any:
        return None


class Context(func.Context):
    """One invocation of one function."""

    def __init__(self, function: str, folder: Path) -> None:
        self._function = function
        self._folder = folder
        self._invocation_id = str(uuid.uuid4())
        self._trace = _Trace()
        self._retry = _NoRetry()

    @property
    def invocation_id(self) -> str:
        """A new UUID."""
        return self._invocation_id

    @property
    def thread_local_storage(self) -> Any:
        """Storage of the thread."""
        return _thread_local

    @property
    def function_name(self) -> str:
        """The name it is indexed by."""
        return self._function

    @property
    def function_directory(self) -> str:
        """The folder of the app."""
        return str(self._folder)

    @property
    def trace_context(self) -> TraceContext:
        """A trace that begins here."""
        return self._trace

    @property
    def retry_context(self) -> RetryContext:
        """No retries: no function here has a retry policy."""
        return self._retry
