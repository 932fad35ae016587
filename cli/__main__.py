"""`python -m cli` is `ratchet`."""

from cli.main import app

app()
