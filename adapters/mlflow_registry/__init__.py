"""The registry of models: any MLflow server, Azure Machine Learning's among them.

Azure's plugin `azureml-mlflow` is not needed. It holds MLflow down to 3.15 and azure-storage-blob
to 12.27, and for the registry it adds but two things to MLflow's own REST store: the address
(`azureml://` spoken as `https://`, under `/mlflow/v2.0`) and a bearer token for each request. Both
are a few lines here.

MLflow is imported on first use, since that takes a second.
"""

from adapters.mlflow_registry.registry import MlflowRegistry

__all__ = ["MlflowRegistry"]
