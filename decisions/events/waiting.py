"""What was waited for is due, or will never come."""

from typing import Literal

from decisions.events.event import Event

Waiting = Literal["training", "rollout", "actions", "drift", "snooze", "batch"]


class LookDue(Event, frozen=True, kw_only=True):
    """It is time to look again at something that was started."""

    what: Waiting
    name: str
    ordinal: int

    @property
    def cause(self) -> str:
        """One look an ordinal."""
        return f"look/{self.what}/{self.name}/{self.ordinal}"


class ActionFailed(Event, frozen=True, kw_only=True):
    """An action was given up; `action` is its kind, `key` its business key."""

    action: str
    key: str
    reason: str

    @property
    def cause(self) -> str:
        """One failure an action."""
        return f"failed/{self.action}/{self.key}"
