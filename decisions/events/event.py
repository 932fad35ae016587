"""What all events have in common."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

Moment = Annotated[datetime, Meta(tz=True)]


class Event(Struct, frozen=True, kw_only=True, tag=True, tag_field="event"):
    """Something that happened, or became due, for one model."""

    model: str

    @property
    def cause(self) -> str:
        """The business key; subclasses say of what."""
        raise TypeError(f"{type(self).__name__} has no business key")
