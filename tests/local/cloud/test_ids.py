"""Paths as resource ids."""

import pytest

from local.cloud.errors import Refused
from local.cloud.ids import parse

GROUP = "/subscriptions/S/resourceGroups/G/providers/Microsoft.X"


@pytest.mark.parametrize(
    ("path", "type_", "names"),
    [
        (f"{GROUP}/lamps/a", "Microsoft.X/lamps", ("a",)),
        (f"{GROUP}/lamps", "Microsoft.X/lamps", ()),
        (f"{GROUP}/lamps/a/bulbs/b", "Microsoft.X/lamps/bulbs", ("a", "b")),
        (f"{GROUP}/lamps/a/bulbs", "Microsoft.X/lamps/bulbs", ("a",)),
        ("/subscriptions/S/providers/Microsoft.X/lamps/a", "Microsoft.X/lamps", ("a",)),
        (f"{GROUP}/lamps/a/", "Microsoft.X/lamps", ("a",)),
    ],
    ids=["resource", "collection", "child", "children", "of a subscription", "with a slash"],
)
def test_path_is_a_resource_or_a_collection(path: str, type_: str, names: tuple[str, ...]):
    resource, action = parse(path)
    assert (resource.type, resource.names, action) == (type_, names, None)
    assert str(resource) == path.rstrip("/")


def test_last_word_of_a_post_is_an_action():
    resource, action = parse(f"{GROUP}/lamps/a/switch", action=True)
    assert (str(resource), action) == (f"{GROUP}/lamps/a", "switch")


def test_ids_are_equal_in_any_case():
    one, _ = parse(f"{GROUP}/lamps/a")
    other, _ = parse(f"{GROUP}/LAMPS/A".replace("resourceGroups", "resourcegroups"))
    assert one.key == other.key


@pytest.mark.parametrize(
    "path",
    ["/", "/subscriptions", "/subscriptions/S", "/providers/Microsoft.X/lamps/a",
     "/subscriptions/S/resourceGroups/G", "/subscriptions/S/providers/Microsoft.X",
     f"{GROUP}//a", f"{GROUP}/lamps//bulbs/b"],
)  # fmt: skip
def test_path_of_nothing_is_refused(path: str):
    with pytest.raises(Refused) as refused:
        parse(path)
    assert refused.value.status == 404
