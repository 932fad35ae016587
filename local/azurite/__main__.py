"""`python -m local.azurite install`: get the pinned Azurite, or say why that is impossible."""

import argparse
import sys

from local.azurite.install import AZURITE
from local.npm import InstallError, install


def main() -> int:
    """Install and print the folder; exit 1 with one sentence when it cannot be done."""
    parser = argparse.ArgumentParser(prog="python -m local.azurite", description=__doc__)
    parser.add_argument("command", choices=["install"])
    parser.parse_args()
    try:
        sys.stdout.write(f"{install(AZURITE)}\n")
    except InstallError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
