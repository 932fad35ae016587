"""Log lines as JSON on stderr, each with the function and invocation that it belongs to."""

import json
import logging
from datetime import UTC, datetime

from local.functions.context import running

_FIELDS = ("outcome", "milliseconds")


class _Json(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record with what is known of its invocation."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if (context := running.get()) is not None:
            line |= {"function": context.function_name, "invocation": context.invocation_id}
        line |= {name: getattr(record, name) for name in _FIELDS if hasattr(record, name)}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


def log_to_stderr() -> None:
    """Send all loggers, the app's too, to stderr; libraries from warnings on."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Json())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for library in ("azure", "uvicorn", "asyncio"):
        logging.getLogger(library).setLevel(logging.WARNING)
