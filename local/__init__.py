"""A miniature Azure on one machine: real servers where they install, emulators where none does.

Never deployed, and imported by nothing else in the project.
"""
