"""What the pinned Azurite is installed from, and where to."""

from pathlib import Path

from local import npm
from local.npm import Package

AZURITE = Package(
    name="Azurite",
    source=Path(__file__).parent,
    definition=(
        "package.json",
        "package-lock.json",
        "no-telemetry/package.json",
        "no-telemetry/index.js",
    ),
    cache=npm.CACHE / "azurite",
)
