"""Works the deliveries that are due: a task for each subscription, so that none waits for another.

Every result is written down before the next delivery is looked for. A crash between a delivery and
its record repeats it, with the same message id: at least once, as Event Grid promises.
"""

import asyncio
import logging
import time
from collections.abc import Mapping
from datetime import UTC, datetime

from azure.core.exceptions import AzureError

from local.eventgrid.destinations import Destination
from local.eventgrid.destinations.deadletters import DeadLetters
from local.eventgrid.retries import SUCCESS, GiveUp, next_step, outcome
from local.eventgrid.settings import Schema, Settings, Subscription
from local.eventgrid.store import Delivery, Store

AT_ONCE = 64
_LOG = logging.getLogger(__name__)


class Dispatcher:
    """Delivers what the store holds to the destinations of the subscriptions."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        destinations: Mapping[str, Destination],
        dead_letters: DeadLetters | None,
    ) -> None:
        self._factor = settings.retry_factor
        self._subscriptions = settings.subscriptions
        self._schemas = {topic.name: topic.input_schema for topic in settings.topics}
        self._store = store
        self._destinations = destinations
        self._dead_letters = dead_letters
        self._work = {subscription.name: asyncio.Event() for subscription in self._subscriptions}
        self.open: set[str] = set()

    def wake(self, subscription: str) -> None:
        """There is something new for a subscription."""
        self._work[subscription].set()

    async def run(self) -> None:
        """Deliver until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                for subscription in self._subscriptions:
                    group.create_task(self._serve(subscription))
                # Without any subscription there is nothing to do, and still it goes on.
                await asyncio.get_running_loop().create_future()
        finally:
            for destination in self._destinations.values():
                await destination.close()

    async def _serve(self, subscription: Subscription) -> None:
        destination = self._destinations[subscription.name]
        await destination.open()
        self.open.add(subscription.name)
        while True:
            self._work[subscription.name].clear()
            deliveries = self._store.due(subscription.name, time.time(), AT_ONCE)
            if not deliveries:
                await self._rest(subscription.name)
                continue
            statuses = await destination.deliver(deliveries)
            for delivery, status in zip(deliveries, statuses, strict=True):
                await self._conclude(subscription, delivery, status)

    async def _rest(self, subscription: str) -> None:
        """Wait for something new, or until the next delivery is due."""
        due = self._store.next_due(subscription)
        try:
            async with asyncio.timeout(None if due is None else max(0.0, due - time.time())):
                await self._work[subscription].wait()
        except TimeoutError:
            return

    async def _conclude(self, subscription: Subscription, delivery: Delivery, status: int) -> None:
        now = time.time()
        if status in SUCCESS:
            self._store.settle(delivery, "delivered", outcome(status), now)
            return
        step = next_step(
            subscription.properties.retry_policy,
            status=status,
            never=self._destinations[subscription.name].never,
            attempts=delivery.attempts + 1,
            age=(now - delivery.published) / self._factor,
        )
        _LOG.info("%s: try %d: %d, %r", subscription.name, delivery.attempts + 1, status, step)
        if isinstance(step, GiveUp):
            await self._give_up(subscription, delivery, step.reason, outcome(status))
        else:
            due = now + step.wait * self._factor
            self._store.postpone(delivery, outcome(status), now, due)

    async def _give_up(
        self, subscription: Subscription, delivery: Delivery, reason: str, last: str
    ) -> None:
        now = datetime.now(UTC)
        if subscription.properties.dead_letter_destination is None or self._dead_letters is None:
            self._store.settle(delivery, "dropped", last, now.timestamp())
            return
        try:
            await asyncio.to_thread(
                self._dead_letters.write,
                subscription,
                self._schema(subscription),
                delivery,
                reason=reason,
                outcome=last,
                tried=now,
            )
        except AzureError as error:
            _LOG.warning("%s: no dead letter yet: %s", subscription.name, error)
            self._store.postpone(delivery, last, now.timestamp(), time.time() + self._factor * 10)
        else:
            self._store.settle(delivery, "dead", last, now.timestamp())

    def _schema(self, subscription: Subscription) -> Schema:
        return self._schemas[subscription.topic]
