"""`ratchet …`: what a person types."""
