"""Profiles: what is kept of a window, small enough to store, and good to be added to others."""
