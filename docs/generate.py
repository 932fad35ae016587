"""`python -m docs.generate`: write docs/reference from the code; a test fails when it is stale."""

from functools import cache
from pathlib import Path

from docs.pages import commands, configuration, events, settings, webhooks

REFERENCE = Path(__file__).parent / "reference"


@cache
def pages() -> dict[str, str]:
    """The text of every page of the reference, by its file's name."""
    return {
        "events.md": events.page(),
        "settings.md": settings.page(),
        "configuration.md": configuration.page(),
        "commands.md": commands.page(),
        "webhooks.md": webhooks.page(),
    }


def main() -> None:
    """Write all pages."""
    REFERENCE.mkdir(exist_ok=True)
    for name, text in pages().items():
        (REFERENCE / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
