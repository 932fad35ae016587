"""From a function and the settings to what receives for it."""

from collections.abc import Mapping

from azure.servicebus.aio import ServiceBusClient

from adapters.clients import trust
from local.functions.indexing import Function
from local.functions.invocation import Invoker
from local.functions.servicebus.listener import Listener
from local.functions.servicebus.messages import Messages
from local.functions.servicebus.sessions import Sessions
from local.functions.servicebus.work import Work
from local.functions.settings import ServiceBus, resolve, seconds
from local.functions.stopping import Stop


def listener(
    function: Function,
    settings: Mapping[str, str],
    bus: ServiceBus,
    invoker: Invoker,
    stop: Stop,
) -> Listener:
    """What receives for the function. Raises ValueError when its settings do not suffice."""
    trigger = function.trigger
    queue = resolve(trigger["queueName"], settings)
    client = _client(trigger["connection"], settings)
    renewal = seconds(bus.max_auto_lock_renewal_duration)
    work = Work(function, invoker, renewal, completes=bus.auto_complete_messages)
    if trigger.get("isSessionsEnabled"):
        idle = seconds(bus.session_idle_timeout)
        sessions = Sessions(client, queue, idle, bus.prefetch_count, work, stop)
        return Listener(client, queue, sessions, bus.max_concurrent_sessions, stop)
    messages = Messages(client, queue, bus.prefetch_count, work, stop)
    return Listener(client, queue, messages, bus.max_concurrent_calls, stop)


def _client(name: str, settings: Mapping[str, str]) -> ServiceBusClient:
    """The client of a connection; the listener itself retries, with a delay that grows."""
    if not settings.get(name):
        raise ValueError(f"the setting {name} is missing; it must hold a connection string")
    try:
        return ServiceBusClient.from_connection_string(
            settings[name], retry_total=0, ssl_context=trust()
        )
    except ValueError as error:
        raise ValueError(f"the setting {name} holds no usable connection string") from error
