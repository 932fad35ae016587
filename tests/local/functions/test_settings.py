"""host.json and local.settings.json."""

from pathlib import Path

import pytest

from local.functions.settings import (
    load_host_settings,
    load_local_settings,
    resolve,
    seconds,
    timeout_seconds,
)


def _file(folder: Path, text: str) -> Path:
    path = folder / "file.json"
    path.write_text(text)
    return path


def test_empty_host_json_has_the_defaults_of_azure(tmp_path: Path):
    settings = load_host_settings(_file(tmp_path, '{"version": "2.0"}'))
    bus = settings.extensions.service_bus
    assert settings.extensions.http.route_prefix == "api"
    assert (bus.max_concurrent_calls, bus.max_concurrent_sessions) == (16, 8)
    assert seconds(bus.max_auto_lock_renewal_duration) == 300
    assert seconds(bus.session_idle_timeout) == 60
    assert timeout_seconds(settings) == 1800


def test_minus_one_is_no_timeout(tmp_path: Path):
    settings = load_host_settings(_file(tmp_path, '{"functionTimeout": "-1"}'))
    assert timeout_seconds(settings) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"functionTimeout": "10m"}', "'10m' in host.json is no duration"),
        ('{"extensions": {"serviceBus": {"sessionIdleTimeout": "5"}}}', "'5' in host.json"),
        ('{"extensions": {"serviceBus": {"maxConcurrentCalls": 0}}}', "maxConcurrentCalls"),
        ("{", "cannot be used"),
    ],
)
def test_unusable_host_json_says_what_is_wrong(tmp_path: Path, text: str, words: str):
    with pytest.raises(ValueError, match=words):
        load_host_settings(_file(tmp_path, text))


def test_encrypted_settings_are_refused(tmp_path: Path):
    with pytest.raises(ValueError, match="is encrypted"):
        load_local_settings(_file(tmp_path, '{"IsEncrypted": true, "Values": {}}'))


def test_references_are_replaced_by_their_settings():
    assert resolve("%PREFIX%-lanes-%N%", {"PREFIX": "a", "N": "1"}) == "a-lanes-1"


def test_missing_reference_is_named():
    with pytest.raises(ValueError, match="add the setting QUEUE"):
        resolve("%QUEUE%", {})
