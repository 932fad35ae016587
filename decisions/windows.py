"""Windows of production's data: one is judged at a time, and none is lost without a word."""

from datetime import datetime

from decisions.events import Window
from decisions.state import ModelState


def next_window(state: ModelState, due: datetime) -> Window | None:
    """The window that ends at `due`, if it is to be judged: from where the last one ended.

    A window that was skipped (no reference yet, another one in flight) is part of the next.
    """
    if state.live is None or state.drift.judging:
        return None
    start = state.drift.until or state.live.since
    return Window(start=start, end=due) if start < due else None
