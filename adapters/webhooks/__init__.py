"""Webhooks to subscribers, as Standard Webhooks has them, and never to where they must not go.

Source: https://github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md.
"""

from adapters.webhooks.subscribers import Subscriber
from adapters.webhooks.webhooks import SignedWebhooks

__all__ = ["SignedWebhooks", "Subscriber"]
