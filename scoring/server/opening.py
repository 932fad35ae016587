"""Which source a server has, by its settings. What it does not need of Azure is not imported."""

from functools import partial

from scoring.server.pinned import PinnedSource, find_model, read_file
from scoring.server.pins import Pinned
from scoring.server.settings import Settings
from scoring.server.source import Source


def open_source(settings: Settings) -> Source:
    """The source; nothing is asked of Azure yet. Raises Misconfigured."""
    if settings.pinned is not None:
        return _pinned(settings, settings.pinned)
    store = _store(settings)
    assert store is not None  # noqa: S101 - the settings were refused otherwise.
    return store


def _pinned(settings: Settings, pinned: Pinned) -> Source:
    if pinned.url is not None:
        from scoring.server.store import open_model

        read = open_model(pinned.url).read
    else:
        assert pinned.folder is not None  # noqa: S101 - as above.
        read = partial(read_file, find_model(pinned.folder))
    return PinnedSource(settings.endpoint, pinned.sha256, read, _store(settings))


def _store(settings: Settings) -> Source | None:
    if settings.storage is None:
        return None
    from scoring.server.store import open_store

    return open_store(settings.storage, settings.endpoint)
