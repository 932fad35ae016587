"""What the user allows and wants, a frozen value a model; `ratchet.yaml` is read into these."""

from datetime import timedelta
from typing import Literal

from msgspec import Struct

from decisions.events import Reason
from drift.policy import Judging

Goal = Literal["maximize", "minimize"]
Target = Literal["aci", "aks", "managed"]
Shape = Literal["parquet", "csv", "csv.gz", "csv.zst", "jsonl", "jsonl.gz", "jsonl.zst"]


class DataPolicy(Struct, frozen=True, kw_only=True):
    """Where data arrives and how uploads are gathered.

    `container` and `pattern` name the blobs (a glob in which `*` stays within a folder and `**`
    does not); training waits until uploads pause for `quiet`, but not longer than `max_wait` after
    the first, and never for fewer than `min_files` new files.
    """

    container: str
    pattern: str
    quiet: timedelta = timedelta(minutes=2)
    max_wait: timedelta = timedelta(minutes=30)
    min_files: int = 1


class RetrainPolicy(Struct, frozen=True, kw_only=True):
    """Which reasons start a training, of what pipeline, how often, and how long it may take.

    A model whose challengers were refused `max_refusals` times in a row on drift is paused; 0 lets
    it go on for ever.
    """

    pipeline: str
    on: tuple[Reason, ...] = ("new_data", "drift")
    max_per_day: int = 12
    max_duration: timedelta = timedelta(hours=24)
    max_refusals: int = 3


class GatePolicy(Struct, frozen=True, kw_only=True):
    """By how much, and how surely, a challenger has to win on the same test rows.

    `confidence` is that of a one-sided paired bound on the gain; 0 compares the bare numbers.
    """

    metric: str = "test_accuracy"
    goal: Goal = "maximize"
    min_gain: float = 0.0
    confidence: float = 0.95


class RolloutPolicy(Struct, frozen=True, kw_only=True):
    """Where a version is served, and in which steps of traffic it gets there."""

    target: Target = "aci"
    steps: tuple[int, ...] = (100,)
    bake: timedelta = timedelta(minutes=10)
    ready_within: timedelta = timedelta(minutes=30)


class DriftPolicy(Struct, frozen=True, kw_only=True):
    """When windows are judged and by what, and how many of them make and end an incident.

    `schedule` is NCRONTAB of six fields in `time_zone`; a window is judged `grace` after its end,
    when its last logs have landed. Of a window's columns only `columns` are
    judged (none named: all), and never those in `ignore`. An incident is raised when `raise_after`
    of the `of_last` last windows drifted, the newest among them, and cleared by `clear_after` calm
    ones in a row; none is raised for `cooldown` after one was cleared. Windows that nobody could
    judge count for nothing. With 1, 1, 1 and no cooldown every drifted window is an incident.
    """

    schedule: str = "0 0 * * * *"
    time_zone: str = "UTC"
    grace: timedelta = timedelta(minutes=1)
    judging: Judging = Judging()
    columns: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    raise_after: int = 2
    of_last: int = 3
    clear_after: int = 3
    cooldown: timedelta = timedelta(hours=24)

    def judges(self, column: str) -> bool:
        """Whether a column counts."""
        return column not in self.ignore and (not self.columns or column in self.columns)


class Place(Struct, frozen=True, kw_only=True):
    """Where blobs are: a container, and there a pattern of paths or what they begin with."""

    container: str
    path: str


class Wanted(Struct, frozen=True, kw_only=True):
    """What is left of each row: `keep` are columns handed through as they are, with the prediction.

    None keeps those that the model does not take, such as an id.
    """

    shape: Shape = "parquet"
    keep: tuple[str, ...] | None = None
    probabilities: bool = False


class BatchPolicy(Struct, frozen=True, kw_only=True):
    """When files are scored, which of them, by which version, and what is left of them.

    `schedule` is NCRONTAB of six fields in `time_zone`; a batch begins `grace` after its due time,
    when the files that were committed until then are listed. `model` is live, champion, or the
    number of a version. `take` is new (files last modified in the batch's window) or all.
    `overlap` says what becomes of due times that pass while a batch runs, `catch_up` of those that
    pass while nothing runs. A batch of which more than the share `max_rejects` of the rows was
    rejected has failed, and so has one that takes longer than `max_duration`. Files are scored in
    pieces of about `piece` bytes.
    """

    schedule: str
    input: Place
    output: Place
    time_zone: str = "UTC"
    grace: timedelta = timedelta(minutes=1)
    model: str = "live"
    take: Literal["new", "all"] = "new"
    overlap: Literal["skip", "queue"] = "skip"
    catch_up: Literal["one", "all", "none"] = "one"
    wanted: Wanted = Wanted()
    max_rejects: float = 0.01
    max_duration: timedelta = timedelta(hours=6)
    piece: int = 64 * 1024 * 1024


class ModelPolicy(Struct, frozen=True, kw_only=True):
    """Everything that the user says of one model."""

    data: DataPolicy
    retrain: RetrainPolicy
    gate: GatePolicy = GatePolicy()
    rollout: RolloutPolicy = RolloutPolicy()
    drift: DriftPolicy | None = None
    batch: BatchPolicy | None = None
