"""What can go wrong between a model file and its predictions.

ScoringError
├── Untrusted      the bytes are not those that were admitted: never load them
├── Unsuitable     a sound ONNX file that cannot score tabular rows here
├── ModelFailed    an accepted model that broke while it scored
│   └── WrongAnswers   it answered, but not each row
├── WrongRows      rows that do not fit the model; says which row and which field
└── BadFile        a file of rows of which none can be scored; says which file and why
"""


class ScoringError(Exception):
    """The root of this package's errors."""


class Untrusted(ScoringError):  # noqa: N818 - the name says what the model is.
    """The model's bytes do not have the digest that was pinned when it was admitted."""


class Unsuitable(ScoringError):  # noqa: N818 - as above.
    """The model cannot be loaded, or does not take one table of rows and answer a row each.

    `code` names the part that does not suit, for programs.
    """

    def __init__(self, problem: str, code: str = "signature") -> None:
        self.code = code
        super().__init__(problem)


class ModelFailed(ScoringError):  # noqa: N818 - as above.
    """The model raised, or answered in another shape than it declares."""


class WrongAnswers(ModelFailed):
    """The model gave another number of answers than there were rows."""


class WrongRows(ScoringError):  # noqa: N818 - as above.
    """Rows that do not fit the model's signature.

    `row` counts from 0 in the order given; `field` is a column's name, or its position as text
    when the model does not name its columns. Either is None when the fault is not of one of them.
    """

    def __init__(self, problem: str, *, row: int | None = None, field: str | None = None) -> None:
        self.problem = problem
        self.row = row
        self.field = field
        super().__init__(f"{_place(row, field)}{problem}")


class BadEvidence(ScoringError):  # noqa: N818 - as above.
    """A file of a run's evidence is missing, broken, or not what it has to be."""


def _place(row: int | None, field: str | None) -> str:
    places = []
    if row is not None:
        places.append(f"row {row}")
    if field is not None:
        places.append(f"column {field!r}")
    return f"{', '.join(places)}: " if places else ""


class BadFile(ScoringError):  # noqa: N818 - as above.
    """A file as a whole is unreadable, or is no table of what the model takes."""

    def __init__(self, name: str, cause: str) -> None:
        super().__init__(f"{name} {cause}")
        self.name, self.cause = name, cause
