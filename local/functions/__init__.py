"""The Functions host in miniature: triggers of a `function_app.py`, served as Azure serves them.

What it does not know it refuses by name: an app that runs here is meant to run unchanged under
Azure Functions Core Tools and in Azure.
"""
