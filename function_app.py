"""The triggers of the app: what wakes it, and whom it wakes.

Importing this file reads no setting and loads no library beside `azure.functions`: an exception
here would silently leave the app without any function, and every import is cold start.
"""

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)

SERVICE_BUS = "RATCHET_SERVICEBUS"


@app.service_bus_queue_trigger(arg_name="message", queue_name="events", connection=SERVICE_BUS)
def events(message: func.ServiceBusMessage) -> None:
    """Events that Event Grid put on the queue: the main door."""
    from wiring import host

    host.events(message)


@app.event_grid_trigger(arg_name="event")
def push(event: func.EventGridEvent) -> None:
    """Events that Event Grid pushes, for those who prefer a push subscription."""
    from wiring import host

    host.push(event)


@app.route(route="events", methods=["POST", "OPTIONS"], trigger_arg_name="request")
def receive(request: func.HttpRequest) -> func.HttpResponse:
    """CloudEvents of any other system, over HTTP."""
    from wiring import host

    return host.receive(request)


@app.service_bus_queue_trigger(
    arg_name="message", queue_name="lanes", connection=SERVICE_BUS, is_sessions_enabled=True
)
def step(message: func.ServiceBusMessage) -> None:
    """One decision about one model."""
    from wiring import host

    host.step(message)


@app.service_bus_queue_trigger(arg_name="message", queue_name="work", connection=SERVICE_BUS)
def work(message: func.ServiceBusMessage) -> None:
    """One piece of heavy work."""
    from wiring import host

    host.work(message)


@app.timer_trigger(arg_name="timer", schedule="0 * * * * *", run_on_startup=False)
def tick(timer: func.TimerRequest) -> None:  # noqa: ARG001 - The host hands it over by this name.
    """Once a minute: look for what events should have told."""
    from wiring import host

    host.tick()


@app.route(
    route="health",
    methods=["GET"],
    auth_level=func.AuthLevel.ANONYMOUS,
    trigger_arg_name="request",
)
def health(request: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - As above.
    """Whether the app is configured; the names of what is not."""
    from wiring import host

    return host.health()
