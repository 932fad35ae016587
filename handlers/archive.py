"""The reports that are stored: which there are, and what they say."""

from decisions.errors import Rejected
from decisions.events import WindowJudged
from decisions.ports import Ports
from drift.report.document import Report, loads
from handlers.reports import CONTAINER

_WHOLE_LEDGER = 100_000


def windows(model: str, ports: Ports) -> list[str]:
    """The names of all windows of a model that were judged, the newest last."""
    ledger = ports.models.ledger(model, _WHOLE_LEDGER)
    causes = [one.cause for one in ledger if one.event == WindowJudged.__name__]
    return sorted({cause.split("/")[1] for cause in causes})


def report(model: str, window: str, ports: Ports) -> Report:
    """The report on a window. Raises Missing, and Rejected when it cannot be read."""
    path = f"{model}/{window}/report.json"
    try:
        return loads(ports.blobs.read(CONTAINER, path))
    except ValueError as error:
        raise Rejected(f"{CONTAINER}/{path}: {error}", "unreadable_report") from error
