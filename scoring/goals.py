"""The metrics that can be scored, and which way each is better.

Their names stand here alone, away from NumPy: the configuration is checked against them in every
cold start.
"""

from typing import Literal

Goal = Literal["maximize", "minimize"]

GOALS: dict[str, Goal] = {
    "accuracy": "maximize",
    "f1_macro": "maximize",
    "log_loss": "minimize",
    "rmse": "minimize",
    "mae": "minimize",
    "r2": "maximize",
}
"""Every metric by name, without `test_`."""


def plain(name: str) -> str:
    """A metric's own name; pipelines log what they measure on test rows with `test_` in front.

    >>> plain("test_accuracy")
    'accuracy'
    """
    return name.removeprefix("test_")
