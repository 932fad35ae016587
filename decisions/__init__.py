"""What Ratchet decides about a model: pure values in, actions out."""
