"""What all container groups have in common, by the settings."""

import re

from adapters.aci.group import GroupSettings
from decisions.errors import Misconfigured
from scoring.server.settings import LOG_SETTINGS, listed
from wiring.settings import Settings

KEY = re.compile(r"[!-~]{16,}")
"""What a header can hold and nobody guesses: groups carry a digest of all that they are told."""


def group_settings(settings: Settings) -> GroupSettings:
    """The settings of the scoring server's groups. Raises Misconfigured by name.

    Groups get private addresses only: Container Instances end no TLS, so a public one would carry
    rows and predictions in the clear.
    """
    connection = "RATCHET_STORAGE" in settings
    address = "RATCHET_STORAGE__blobServiceUri"
    log = {name: settings[name] for name in LOG_SETTINGS if name in settings}
    return GroupSettings(
        location=settings.optional("RATCHET_LOCATION") or "westeurope",
        image=settings["RATCHET_SCORING_IMAGE"],
        environment=log if connection else {**log, address: settings[address]},
        secrets={"RATCHET_STORAGE": settings["RATCHET_STORAGE"]} if connection else {},
        keys=_keys(settings),
        identity=settings.optional("RATCHET_ENDPOINT_IDENTITY"),
        subnet=settings["RATCHET_ENDPOINT_SUBNET"],
    )


def _keys(settings: Settings) -> tuple[str, ...]:
    given = settings.optional("RATCHET_ENDPOINT_KEYS")
    keys = listed(given or "")
    if given and not keys:
        raise Misconfigured("the setting RATCHET_ENDPOINT_KEYS holds no key")
    if not all(map(KEY.fullmatch, keys)):
        raise Misconfigured(
            "the setting RATCHET_ENDPOINT_KEYS holds a key that is short or odd: each takes at "
            "least 16 letters, digits and signs of ASCII, such as `openssl rand -hex 32` makes"
        )
    return keys
