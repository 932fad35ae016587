import pytest

from adapters.mlflow_registry import address

SCOPE = "/subscriptions/S/resourceGroups/R/providers/Microsoft.MachineLearningServices/workspaces/W"


@pytest.mark.parametrize(
    ("tracking_uri", "expected"),
    [
        (
            f"azureml://westeurope.api.azureml.ms/mlflow/v1.0{SCOPE}",
            f"https://westeurope.api.azureml.ms/mlflow/v2.0{SCOPE}",
        ),
        (
            f"azureml://westeurope.api.azureml.ms/mlflow/v2.0{SCOPE}?",
            f"https://westeurope.api.azureml.ms/mlflow/v2.0{SCOPE}",
        ),
        ("https://mlflow.example/base/", "https://mlflow.example/base"),
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
    ],
    ids=["Azure's, as the workspace has it", "Azure's, as the plugin has it", "TLS", "local"],
)
def test_finds_the_rest_interface(tracking_uri: str, expected: str) -> None:
    assert address.host(tracking_uri) == expected


@pytest.mark.parametrize(
    ("tracking_uri", "expected"),
    [("azureml://a/b", True), ("https://a/b", True), ("http://a/b", False)],
)
def test_a_token_goes_over_tls_alone(tracking_uri: str, expected: bool) -> None:
    assert address.takes_token(tracking_uri) is expected
