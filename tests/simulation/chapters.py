"""Chapters of a model's life, in any order, each with what it must have led to, exactly once."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from decisions.events import PauseRequested, ResumeRequested
from tests.simulation.world import CALM, SHIFTED, Result, World


@dataclass
class Life:
    """A world, and what is expected of it so far."""

    world: World
    submissions: int = 0
    champion: int = 0
    live: int = 0
    told: Counter[str] = field(default_factory=Counter)
    files: int = 0
    monitors: int = 0
    reported: int = 0
    untrained: bool = False
    rows: int = 0
    rejects: list[tuple[str, int]] = field(default_factory=list)
    unfit: list[str] = field(default_factory=list)

    def upload(self, *results: Result) -> None:
        """Upload a file that nobody has seen, and let everything come to rest."""
        self.files += 1
        self.world.results += results
        self.submissions += len(results)
        self.untrained = any(one.status == "Failed" for one in results)
        self.world.upload(f"file{self.files}")
        self.world.settle()

    def wins(self) -> None:
        """A better model is registered and takes over."""
        self.champion += 1
        self.live = self.champion
        self.told.update({"model.registered": 1, "model.deployed": 1})
        self.told["drift.cleared"] += self.reported
        self.reported = 0
        self.upload(Result(score=0.5 + self.champion / 100))

    def loses(self) -> None:
        """A worse model is refused."""
        self.told["model.refused"] += 1
        self.upload(Result(score=0.1))

    def fails(self) -> None:
        """A run fails."""
        self.told["run.failed"] += 1
        self.upload(Result(status="Failed"))

    def is_harmful(self) -> None:
        """A model is refused at admission."""
        self.told["model.refused"] += 1
        self.upload(Result(score=0.99, harmful=True))

    def does_not_serve(self) -> None:
        """A better model is registered, but does not load: it is rolled back."""
        self.champion += 1
        self.told.update({"model.registered": 1, "model.rolled_back": 1})
        self.upload(Result(score=0.5 + self.champion / 100, broken=True))

    def is_broken(self) -> None:
        """Two files are broken; a fit one beside them is not trained on alone, for it is none."""
        self.told["data.quarantined"] += 1
        self.files += 1
        path = f"digits/file{self.files}.parquet"
        self.world.examiner.unfit[path] = "the file is cut short"
        self.world.upload(f"file{self.files}")
        self.world.settle()

    def is_wished_for(self) -> None:
        """A person wants the same data trained on again; nothing better comes of it."""
        self._trains_in_vain()
        self.world.tell("person", "Ratchet.TrainingRequested", "", {"model": "digits"})
        self.world.settle()

    def drifts(self) -> None:
        """Another monitor sees drift, and says so about several windows."""
        self.monitors += 1
        self.reported += 1
        self._wants_labels()
        for window in "ab":
            data = {"model": "digits", "monitor": f"m{self.monitors}", "window": window}
            self.world.tell("monitor", "Ratchet.DriftDetected", "", data)
            self.world.settle()

    def shifts(self) -> None:
        """Production shifts and comes back; there is nothing new to learn from meanwhile."""
        self._sees_other_data()
        self._sees_what_it_knows()

    def learns(self) -> None:
        """Production shifts; labels come, and the version that is trained on them knows it."""
        self._sees_other_data()
        self.wins()
        self._sees_what_it_knows()

    def pauses(self) -> None:
        """A paused model gathers, and begins when it is resumed, in the middle of anything."""
        key = str(self.files)
        self.world.ask(PauseRequested(model="digits", key=key))
        self.world.settle()
        self.upload()
        assert self.world.training.submissions == self.submissions
        self._trains_in_vain()
        self.world.ask(ResumeRequested(model="digits", key=key))
        self.world.settle()

    def scores(self) -> None:
        """Files are there when a batch is due: of one a row is broken, and one is broken whole."""
        self.told["batch.published"] += 1
        self.files += 1
        name = f"in/{self.files}"
        self._leaves(f"{name}a.csv", *range(12))
        self._leaves(f"{name}b.csv", 1, 2, 3, 4, 5, 6, "?", 8)
        self._leaves(f"{name}c.csv", 1, 2, 3, 4, 5, 6, 7)
        self.rejects.append((f"batch/{name}b.csv", 7))
        self.unfit.append(f"batch/{name}c.csv")
        self.world.partitions.unfit[f"{name}c.csv"] = "it is cut short"
        self.rows -= 7
        before = self.told["batch.published"]
        self.world.live_on(lambda: len(self.world.manifests()) == before)

    def _leaves(self, name: str, *rows: object) -> None:
        lines = [f"{self.rows + number},{x}" for number, x in enumerate(rows, 1)]
        self.world.blobs.upload("batch", name, "\n".join(["id,x", *lines, ""]).encode())
        self.rows += len(rows)

    def _sees_other_data(self) -> None:
        self._wants_labels()
        self.world.production = SHIFTED
        self.world.live_on(lambda: self.world.state.drift.own.incident is not None)

    def _sees_what_it_knows(self) -> None:
        self.told["drift.cleared"] += 1
        self.world.production = CALM
        self.world.live_on(lambda: self.world.state.drift.own.incident is None)

    def _wants_labels(self) -> None:
        """Drift is told; there is something to train on only if the last run came to nothing."""
        self.told["drift.detected"] += 1
        if self.untrained:
            self._trains_in_vain()
        else:
            self.told["drift.labels_awaited"] += 1

    def _trains_in_vain(self) -> None:
        self.untrained = False
        self.told["model.refused"] += 1
        self.submissions += 1
        self.world.results.append(Result(score=0.1))


CHAPTERS: list[Callable[[Life], None]] = [
    Life.wins,
    Life.loses,
    Life.fails,
    Life.is_harmful,
    Life.does_not_serve,
    Life.is_broken,
    Life.is_wished_for,
    Life.drifts,
    Life.shifts,
    Life.learns,
    Life.pauses,
    Life.scores,
]
