"""From a publication to the deliveries that it causes."""

import time
from collections.abc import Callable, Sequence

from local.eventgrid.faults import Fate, Faults
from local.eventgrid.filters import wants
from local.eventgrid.schemas import Event, event_type
from local.eventgrid.settings import Settings
from local.eventgrid.store import Store


class Topics:
    """The topics of the emulator; `wake` hears the name of every subscription that got work."""

    def __init__(self, settings: Settings, store: Store, wake: Callable[[str], None]) -> None:
        self.by_name = {topic.name: topic for topic in settings.topics}
        self._subscriptions = settings.subscriptions
        self._store = store
        self._wake = wake
        self._fate = Fate()

    @property
    def faults(self) -> Faults:
        """The trouble that is made now."""
        return self._fate.faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        self._fate = Fate(faults)

    def publish(self, topic: str, events: Sequence[Event]) -> None:
        """Accept events: when this returns, they will be delivered, whatever becomes of us."""
        now = time.time()
        for event in events:
            names = [
                subscription.name
                for subscription in self._subscriptions
                if subscription.topic == topic and wants(subscription.properties.filter, event)
            ]
            delays = self._fate.delays(event_type(event))
            wanted = [(name, now + delay) for name in names for delay in delays]
            self._store.add(topic, event, now, wanted)
            for name in names:
                self._wake(name)
