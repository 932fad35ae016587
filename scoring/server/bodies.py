"""Room for the bodies of requests: for each one, and for all of them together."""

from scoring.server.http import Fault, come_again


class Bodies:
    """Counts the bytes of bodies that are on their way or in use.

    A body has `largest` bytes at most, and all together have `room`, so that no number of large
    requests takes more memory than that.
    """

    def __init__(self, largest: int, room: int) -> None:
        self._largest = largest
        self._room = room

    def check(self, size: int) -> None:
        """Raise Fault if a body of so many bytes is too large."""
        if size > self._largest:
            sentence = f"the body has more than {self._largest:,} bytes; send fewer rows"
            raise Fault(413, "TOO_LARGE", sentence)

    def take(self, before: int, size: int) -> None:
        """Make room for a part that comes after so many bytes of the same body. Raises Fault."""
        self.check(before + size)
        if size > self._room:
            raise come_again("OVERLOADED", "the requests inside are too large together; try again")
        self._room -= size

    def let_go(self, size: int) -> None:
        """So many bytes are no longer needed."""
        self._room += size
