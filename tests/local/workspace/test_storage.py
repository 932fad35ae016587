from pathlib import Path, PurePosixPath

import pytest
from azure.storage.blob import ContainerClient

from local.cloud.errors import Refused
from local.cloud.workspace.storage import Place, Storage, within


@pytest.fixture
def files(storage: str) -> Storage:
    return Storage(storage, {"ratchet_runs": "runs"})


def test_an_upload_leaves_nothing_of_an_earlier_one(files: Storage, tmp_path: Path):
    place = Place(container="folders", prefix="a/b")
    for number in ("one", "two"):
        (tmp_path / number / "deep").mkdir(parents=True)
        (tmp_path / number / "deep" / number).write_text(number)
        files.upload(tmp_path / number, place)
    files.download(place, tmp_path / "back")
    found = [path for path in (tmp_path / "back").rglob("*") if path.is_file()]
    assert [path.read_text() for path in found] == ["two"]


@pytest.mark.parametrize("name", ["../out", "in/../../out", "/etc/passwd", "a\0b"])
def test_a_blob_name_that_leads_out_of_its_folder_is_refused(name: str, tmp_path: Path):
    with pytest.raises(Refused, match="leads out of its folder"):
        within(tmp_path, PurePosixPath(name))


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("azureml://datastores/ratchet_runs/paths/j/model", ("runs", "j/model")),
        (
            "azureml://subscriptions/s/resourcegroups/g/workspaces/w/datastores/ratchet_runs/paths/j/",
            ("runs", "j"),
        ),
    ],
    ids=["short", "long"],
)
def test_datastore_addresses_are_places(files: Storage, address: str, place: tuple[str, str]):
    assert files.place(address) == Place(container=place[0], prefix=place[1])


def test_the_url_of_a_place_leads_back_to_it(files: Storage):
    place = Place(container="code", prefix="a b/src")
    assert files.place(files.url(place)) == place


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("azureml://datastores/other/paths/a", "no datastore other"),
        ("azureml://datastores/ratchet_runs", "is not of the form"),
        ("https://elsewhere.blob.core.windows.net/a/b", "neither in a datastore nor"),
    ],
)
def test_addresses_of_elsewhere_are_refused(files: Storage, address: str, sentence: str):
    with pytest.raises(Refused, match=sentence):
        files.place(address)


def test_the_right_to_upload_is_for_one_container_alone(files: Storage):
    url, signed = files.grant()
    with ContainerClient.from_container_url(signed) as container:
        container.upload_blob("src/a.py", b"a")
        assert container.url.startswith(url)
    assert "sig=" not in url
    assert files.grant()[0] != url
