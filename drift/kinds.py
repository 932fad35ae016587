"""What a column holds, as far as comparing it is concerned."""

from typing import Literal

Kind = Literal["numeric", "date", "categorical", "boolean"]
