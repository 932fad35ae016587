"""Where an MLflow server answers, and with what token it is asked."""

from urllib.parse import urlsplit, urlunsplit


def host(tracking_uri: str) -> str:
    """The base address of the REST interface behind a tracking URI.

    Azure writes its own scheme, an older interface version and an empty query.

    >>> host("azureml://westeurope.api.azureml.ms/mlflow/v1.0/subscriptions/S?")
    'https://westeurope.api.azureml.ms/mlflow/v2.0/subscriptions/S'
    >>> host("http://127.0.0.1:5000/")
    'http://127.0.0.1:5000'
    """
    scheme, place, path, _, _ = urlsplit(tracking_uri)
    if scheme == "azureml":
        scheme, path = "https", path.replace("/mlflow/v1.0/", "/mlflow/v2.0/", 1)
    return urlunsplit((scheme, place, path.rstrip("/"), "", ""))


def takes_token(tracking_uri: str) -> bool:
    """Whether a token may be sent there: never over plain HTTP, where anybody could read it."""
    return host(tracking_uri).startswith("https://")
