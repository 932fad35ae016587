"""`ratchet demo`: a model's whole life, on real data, on one machine."""
