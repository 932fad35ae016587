"""People and other systems are told."""

from typing import Any

from decisions.actions.action import Action, Work


class Notify(Action, frozen=True, kw_only=True):
    """Tell people: one signed webhook a subscriber of `kind`, and one CloudEvent."""

    kind: str
    about: str
    data: dict[str, Any]

    @property
    def key(self) -> str:
        """One piece of news a kind and what it is about."""
        return f"{self.kind}/{self.about}"


class DeliverWebhook(Work, frozen=True, kw_only=True):
    """Try a stored delivery once."""

    delivery: str
    ordinal: int = 0

    @property
    def key(self) -> str:
        """One try an ordinal."""
        return f"{self.delivery}/{self.ordinal}"
