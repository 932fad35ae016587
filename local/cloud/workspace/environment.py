"""What Azure ML tells a step through its environment."""

import re

from local.cloud.workspace.record import JobRecord, RunRecord
from local.cloud.workspace.settings import Settings

_WORKSPACE = re.compile(
    r"/subscriptions/(?P<subscription>[^/]+)/resourceGroups/(?P<group>[^/]+)/providers/"
    r"Microsoft\.MachineLearningServices/workspaces/(?P<name>[^/]+)",
    re.IGNORECASE,
)


def step_environment(settings: Settings, job: JobRecord, run: RunRecord) -> dict[str, str]:
    """Who and where the step is, and the MLflow run that `mlflow.start_run()` shall take up.

    In Azure ML the MLflow run has the run's own id; a plain MLflow server gives its own.
    """
    match = _WORKSPACE.fullmatch(settings.id)
    if match is None:
        raise ValueError(f"{settings.id} is not the ARM id of an Azure ML workspace")
    token = settings.tracking_token()
    return {
        "AZUREML_ARM_SUBSCRIPTION": match["subscription"],
        "AZUREML_ARM_RESOURCEGROUP": match["group"],
        "AZUREML_ARM_WORKSPACE_NAME": match["name"],
        "AZUREML_ARM_PROJECT_NAME": job.experiment_name,
        "AZUREML_EXPERIMENT_ID": job.experiment or "",
        "AZUREML_RUN_ID": run.id,
        "AZUREML_ROOT_RUN_ID": job.name,
        "MLFLOW_TRACKING_URI": settings.tracking_uri,
        "MLFLOW_EXPERIMENT_ID": job.experiment or "",
        "MLFLOW_RUN_ID": run.mlflow or "",
        **({"MLFLOW_TRACKING_TOKEN": token} if token else {}),
        **settings.environment,
    }
