"""Profiles and verdicts: rows and predictions by `scoring`, the mathematics by `drift`."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from adapters.profiler import logs, training
from adapters.profiler.layout import answered, gathered
from decisions.actions import Version
from decisions.errors import Rejected
from decisions.events import Window
from decisions.policies import DriftPolicy
from decisions.ports import Blobs, BlobVersion, Judged

if TYPE_CHECKING:
    from scoring.sessions import Model

_RUNS = "runs"


class DriftProfiler:
    """Port `Profiler`: reads blobs, and lets `drift` profile, compare and judge them."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    def reference(self, model: str, version: Version) -> bytes:
        """The profile of what a version was trained on, with its predictions on it."""
        from drift.profiles.merging import merge
        from drift.profiles.profile import profile
        from drift.profiles.storing import dumps

        with _explained(f"version {version.version} of {model}"):
            loaded = self._load(version)
            rows = (
                answered(loaded, batch)
                for file in training.files(self._blobs, model, version)
                for batch in training.batches(self._blobs, file, loaded.signature)
            )
            profiles = [profile(file) for file in gathered(filter(None, rows))]
        if not profiles:
            raise Rejected("what it was trained on holds no row that it takes", "no_rows")
        return dumps(merge(*profiles))

    def profile(
        self, blobs: Sequence[BlobVersion], window: Window, version: Version, reference: bytes
    ) -> bytes:
        """The profile of a version's rows in some inference logs, in the reference's columns."""
        from drift.profiles.merging import merge
        from drift.profiles.profile import Profile, profile
        from drift.profiles.storing import dumps, loads

        with _explained(f"window {window.name}"):
            known = loads(reference)
            rows = logs.rows(self._blobs, blobs, window, version.version, list(known.by_name))
            parts = [profile(file, like=known) for file in gathered(rows)]
            return dumps(merge(*parts) if parts else Profile(rows=0, columns=()))

    def judge(self, reference: bytes, parts: Iterable[bytes], policy: DriftPolicy) -> Judged:
        """Merge the parts' profiles, compare the columns that the policy names, and judge."""
        from drift.profiles.merging import merge
        from drift.profiles.storing import loads
        from drift.verdict import judge
        from drift.windows import compare_windows

        with _explained("the window's profiles"):
            known = loads(reference)
            current = merge(*map(loads, parts))
            names = [one for one in policy.columns or known.by_name if one not in policy.ignore]
            found = compare_windows(known, current, columns=names)
        verdict = judge(found.compared, found.rows, policy.judging, found.missing)
        return Judged(verdict=verdict, compared=found.compared, missing=found.missing)

    def page(self, report: bytes) -> bytes:
        """The page of a report's document."""
        from drift.report.document import loads
        from drift.report.page import page

        return page(loads(report)).encode()

    def _load(self, version: Version) -> "Model":
        """The model that was admitted, and none other."""
        from scoring.sessions import load_model

        content = self._blobs.read(_RUNS, f"{version.run}/model/model.onnx")
        return load_model(content, version.sha256)


@contextmanager
def _explained(what: str) -> Iterator[None]:
    """Raise what `drift` and `scoring` say of their input as Rejected."""
    from drift.errors import DriftError
    from scoring.errors import ScoringError

    try:
        yield
    except (DriftError, ScoringError) as error:
        raise Rejected(f"{what}: {error}", "unreadable") from error
