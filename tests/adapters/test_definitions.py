import pytest

from tests.adapters.definitions import Definitions

JOBS = Definitions("azureml-jobs/definitions.json")
GROUPS = Definitions("containerinstance/definitions.json")


@pytest.mark.parametrize(
    ("properties", "mistake"),
    [
        ({"jobType": "Pipeline"}, None),
        ({"jobType": "Pipelin"}, "'Pipelin' is not one of"),
        ({}, "'jobType' is a required property"),
        ({"jobType": "Pipeline", "job": {}}, "'job' was unexpected"),
        (
            {"jobType": "Pipeline", "inputs": {"a": {"jobInputType": "literal"}}},
            "'value' is a required property",
        ),
        (
            {"jobType": "Pipeline", "outputs": {"a": {"jobOutputType": "uri_folder", "u": 1}}},
            "'u' was unexpected",
        ),
    ],
)
def test_finds_the_mistakes_in_a_job(properties: dict[str, object], mistake: str | None) -> None:
    mistakes = JOBS.mistakes("JobBaseResource", {"properties": properties})

    assert (mistake is None) == (mistakes == [])
    assert mistake is None or mistake in mistakes[0]


def test_finds_the_mistake_deep_in_a_group() -> None:
    requests = {"cpu": "1", "memoryInGB": 1}
    container = {"name": "a", "properties": {"image": "b", "resources": {"requests": requests}}}
    group = {"location": "x", "properties": {"osType": "Linux", "containers": [container]}}

    assert GROUPS.mistakes("ContainerGroup", group) == [
        "properties/containers/0/properties/resources/requests/cpu: '1' is not of type 'number'"
    ]
