"""Event Grid in miniature: `python -m local.eventgrid --port N --data FOLDER --settings FILE`.

settings      the file: topics, subscriptions in the words of Azure Resource Manager, the watcher
schemas       events in both schemas: what is accepted, how the one becomes the other
filters       which events a subscription wants
retries       when a delivery is tried again, and when it is given up
store         deliveries in SQLite: a published event survives a crash
faults        events dropped, delayed, repeated or shuffled on demand
topics        from a publication to the deliveries that it causes
destinations/ webhooks with their handshake, Service Bus queues, dead letters in blobs
dispatcher    works the deliveries that are due, a task for each subscription
watcher/      a proxy in front of Azurite's blobs that raises BlobCreated as Storage would
publishing    the publishing interface over HTTP; admin, that of the tests
"""
