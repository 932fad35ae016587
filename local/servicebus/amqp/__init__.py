"""The AMQP 1.0 face of the broker: Proton's engine under asyncio, and Service Bus's conventions.

Sources: the AMQP 1.0 specification (OASIS); learn.microsoft.com, "AMQP 1.0 in Azure Service Bus
and Event Hubs protocol guide" and "AMQP 1.0 in Azure Service Bus: request-response-based
operations"; and what `azure-servicebus` 7.15 sends and expects.
"""
