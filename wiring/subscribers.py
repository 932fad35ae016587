"""Who is told, by ratchet.yaml."""

from adapters.webhooks.subscribers import Subscriber
from wiring.config.sections import Configuration, Notification


def subscribers(configuration: Configuration) -> list[Subscriber]:
    """The subscribers of a configuration. Raises Misconfigured naming one that is not usable."""
    return [_subscriber(one) for one in configuration.notifications]


def _subscriber(one: Notification) -> Subscriber:
    secrets = (one.secret,) if isinstance(one.secret, str) else tuple(one.secret)
    return Subscriber(
        name=one.name,
        url=one.url,
        secrets=secrets,
        events=tuple(one.events),
        private_network=one.private_network,
    )
