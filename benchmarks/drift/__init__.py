"""Drift beside its peers: how fast, in how much memory, and at what cost to those who need none."""
