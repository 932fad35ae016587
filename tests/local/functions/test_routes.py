"""Route templates in the notation of ASP.NET."""

import pytest

from local.functions.routes import Template

GUID = "0f8fad5b-d9cb-469f-a165-70867728950e"


@pytest.mark.parametrize(
    ("template", "path", "parameters"),
    [
        ("api/events", "/api/events", {}),
        ("api/events", "/API/Events/", {}),
        ("/api/events", "/api/other", None),
        ("api/models/{name}", "/api/models/digits", {"name": "digits"}),
        ("api/models/{name}", "/api/models/a%2Fb%20c", {"name": "a/b c"}),
        ("api/models/{name}", "/api/models/a/b", None),
        ("api/{name}/{version:int?}", "/api/digits/3", {"name": "digits", "version": "3"}),
        ("api/{name}/{version:int?}", "/api/digits", {"name": "digits"}),
        ("api/{name}/{version:int?}", "/api/digits/three", None),
        ("api/v{version:int}/x", "/api/v12/x", {"version": "12"}),
        ("api/files/{*path}", "/api/files/a/b.txt", {"path": "a/b.txt"}),
        ("api/files/{*path}", "/api/files", {}),
        ("api/a.b", "/api/aXb", None),
        ("{word:alpha}", "/abc", {"word": "abc"}),
        ("{id:guid}", f"/{GUID}", {"id": GUID}),
        ("{id:guid}", "/0f8fad5b", None),
        ("", "/", {}),
    ],
)
def test_path_matches_as_in_asp_net(template: str, path: str, parameters: dict[str, str] | None):
    assert Template(template).match(path) == parameters


@pytest.mark.parametrize("template", ["a/{id:regex}", "a/{id", "a/{id=3}", "a/{}"])
def test_template_that_is_not_supported_is_refused(template: str):
    with pytest.raises(ValueError, match="route template"):
        Template(template)
