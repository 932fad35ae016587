"""Reads the settings and ratchet.yaml, and builds every part on its first use."""
