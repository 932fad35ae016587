"""One step: its code and inputs come out of storage, its outputs and its log go back into it."""

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from local.cloud.workspace.command import render
from local.cloud.workspace.plan import Step
from local.cloud.workspace.process import Ended, Process
from local.cloud.workspace.storage import Place, Storage

# Where Azure ML keeps the logs of runs.
LOG = "user_logs/std_log.txt"


def log_place(run: str) -> Place:
    """The folder of a run's own files in the container that Azure ML uses for them."""
    return Place(container="azureml", prefix=f"ExperimentRun/dcid.{run}/user_logs")


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What steps are run with: storage, a folder to work in, and a time limit."""

    storage: Storage
    folder: Path
    seconds: float

    def run(
        self,
        step: Step,
        code: str,
        environment: Mapping[str, str],
        started: Callable[[Process], None],
    ) -> Ended:
        """Run one step to its end, with the code at an address.

        Outputs are kept of a step that did what it should, and of no other.
        """
        folder = self.folder / step.run
        shutil.rmtree(folder, ignore_errors=True)
        try:
            command, values = self._prepare(step, code, folder)
            log = folder / "user_logs" / "std_log.txt"
            log.parent.mkdir()
            whole = {**self._machine(folder), **environment, **values}
            process = Process(command, folder / "code", whole, log)
            started(process)
            ended = process.wait(self.seconds)
            self.storage.upload(log.parent, log_place(step.run))
            if ended.problem is None:
                self._keep(step, folder)
            return ended
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _prepare(self, step: Step, code: str, folder: Path) -> tuple[str, dict[str, str]]:
        self.storage.download(self.storage.place(code), folder / "code")
        inputs = dict(step.literals)
        for name, address in step.folders.items():
            inputs[name] = str(folder / "inputs" / name)
            self.storage.download(self.storage.place(address), Path(inputs[name]))
        outputs = {name: str(folder / "outputs" / name) for name in step.outputs}
        for path in outputs.values():
            Path(path).mkdir(parents=True)
        return render(step.command, inputs, outputs)

    def _keep(self, step: Step, folder: Path) -> None:
        for name, address in step.outputs.items():
            self.storage.upload(folder / "outputs" / name, self.storage.place(address))

    def _machine(self, folder: Path) -> dict[str, str]:
        """What every process needs; nothing else of this program's own environment reaches a step.

        The component's image and conda file are not built here: steps use this Python. The account
        is there under the names of Azure's command line, since the emulator knows no identities.
        """
        return {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.defpath]),
            "HOME": str(folder),
            "TMPDIR": str(folder),
            "LANG": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",
            # MLflow tells its makers how it is used; nothing here speaks to the outside.
            "DO_NOT_TRACK": "true",
            "AZURE_STORAGE_ACCOUNT": self.storage.account,
            "AZURE_STORAGE_KEY": self.storage.key,
        }
