"""Azure Service Bus: what Ratchet sends, and what people look at and send again."""
