"""The answer to one event: the next state, what to do, and the sentence that explains it."""

from typing import Any

from msgspec import Struct

from decisions.actions import AnyAction
from decisions.state import ModelState


class Decision(Struct, frozen=True, kw_only=True):
    """A state and the actions that lead on from it; without a sentence there is nothing to tell."""

    state: ModelState
    actions: tuple[AnyAction, ...] = ()
    sentence: str | None = None
    numbers: dict[str, Any] = {}

    def also(self, more: "Decision") -> "Decision":
        """This decision, and then another one that was taken on its state."""
        sentences = [one for one in (self.sentence, more.sentence) if one]
        return Decision(
            state=more.state,
            actions=self.actions + more.actions,
            sentence=" ".join(sentences) or None,
            numbers={**self.numbers, **more.numbers},
        )


def unmoved(state: ModelState) -> Decision:
    """The event changes nothing: it is late, doubled, or about something that is over."""
    return Decision(state=state)
