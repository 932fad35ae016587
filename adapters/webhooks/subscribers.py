"""Who wants to hear of what, where, and by which secrets they know the sender."""

from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from adapters.webhooks import signature
from decisions.errors import Misconfigured


@dataclass(frozen=True, kw_only=True)
class Subscriber:
    """A receiver of webhooks; `events` are patterns of kinds (`model.*`).

    Its address and secrets stay out of its representation, and so out of logs: an address may be a
    secret of its own. `private_network` admits plain HTTP and addresses in the own network.
    """

    name: str
    url: str = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    events: tuple[str, ...] = ("*",)
    private_network: bool = False

    def __post_init__(self) -> None:
        schemes = ("https", "http") if self.private_network else ("https",)
        try:
            place = self.place
        except LocationParseError:
            place = Url()
        if place.scheme not in schemes or not place.host or place.auth is not None:
            raise Misconfigured(
                f"the url of {self.name} is not one of {' or '.join(schemes)} with a host and "
                "without user name and password"
            )
        if not self.secrets:
            raise Misconfigured(f"{self.name} has no secret to sign its webhooks with")
        self.keys()

    @property
    def place(self) -> Url:
        """Its address in parts, normalised."""
        return parse_url(self.url)

    def keys(self) -> list[bytes]:
        """The keys that sign, newest first."""
        return [signature.key(secret, self.name) for secret in self.secrets]

    def wants(self, kind: str) -> bool:
        """Whether it wants to hear of this kind."""
        return any(fnmatchcase(kind, pattern) for pattern in self.events)
