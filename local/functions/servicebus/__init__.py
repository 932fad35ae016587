"""Service Bus triggers: what receives, what renews locks, what settles."""
