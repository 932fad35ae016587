"""Azure Service Bus in miniature: queues over AMQP 1.0, durable in SQLite.

    python -m local.servicebus --port 5672 --data FOLDER --queues queues.json

    __main__ ─▶ amqp/server ─▶ amqp/peer ─▶ amqp/{inbox, outlet, management, cbs}
                                                   │
                       broker ─▶ queue ─▶ backlog, sessions, duplicates, alarms ─▶ store

Everything above `amqp/` is the broker itself: it knows no sockets and no clock (`now` is a
parameter, in seconds since the epoch), and is tested alone. `amqp/` speaks to clients; Microsoft's
own `azure-servicebus` is what it is held against.

Where Azure's documentation leaves a choice open, the choice is written where it is made. Not
emulated: topics, time to live, transactions, partitioning, forwarding and quotas.
"""
