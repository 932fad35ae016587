"""ratchet.yaml: read with the line of everything in it, checked whole, turned into policies."""
