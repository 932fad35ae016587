"""What the workspace refuses, in the words and codes of Azure Resource Manager."""


class Refused(Exception):  # noqa: N818 - It is an answer, not a fault of this program.
    """A request that ARM would not do: an HTTP status, a code, and a sentence for people."""

    def __init__(self, status: int, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.code = code
        self.sentence = sentence


def not_found(kind: str, name: str) -> Refused:
    """There is no such resource."""
    return Refused(404, "ResourceNotFound", f"The {kind} {name} was not found.")


def wrong(sentence: str) -> Refused:
    """The body of the request cannot be meant."""
    return Refused(400, "UserError", sentence)
