"""Access keys."""

from pathlib import Path

import pytest

from local.functions.keys import Access, Keys, load_or_create_keys

KEYS = Keys("master", ("one", "two"), ("grid",))


@pytest.mark.parametrize(
    ("access", "opens"),
    [
        (Access.ANONYMOUS, {None, "", "wrong", "ö", "one", "two", "grid", "master"}),
        (Access.FUNCTION, {"one", "two", "master"}),
        (Access.SYSTEM, {"grid", "master"}),
        (Access.ADMIN, {"master"}),
    ],
)
def test_each_door_opens_to_its_keys_alone(access: Access, opens: set[str | None]):
    given = {None, "", "wrong", "ö", "one", "two", "grid", "master"}
    assert {key for key in given if KEYS.open(access, key)} == opens


def test_made_up_keys_are_kept_and_private(tmp_path: Path):
    path = tmp_path / "new" / "keys.json"
    made = load_or_create_keys(path)
    assert load_or_create_keys(path) == made
    assert path.stat().st_mode & 0o077 == 0
    assert len({made.master, *made.function, *made.system}) == 3
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"masterKey": "", "functionKeys": {}, "systemKeys": {}}', "empty key"),
        ('{"masterKey": "m"}', "cannot be used"),
    ],
)
def test_unusable_key_file_is_refused(tmp_path: Path, text: str, words: str):
    path = tmp_path / "keys.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=words):
        load_or_create_keys(path)
