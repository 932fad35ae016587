"""Training in an Azure Machine Learning workspace, through the jobs of its ARM interface.

A job runs a pipeline component that was published before, by reference: nothing of the user's
pipeline is known here but its name. azure-ai-ml is not needed to say so, and its import costs 2 s.

The API version is 2024-04-01, a stable one whose whole definition is public and which the tests
hold the bodies against; of jobs, later ones up to 2026-05-01 change nothing that is used here.
"""

from adapters.jobs.jobs import Jobs

__all__ = ["Jobs"]
