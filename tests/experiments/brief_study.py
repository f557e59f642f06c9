"""A study from outside that takes as long as it is told, or fails, or ends its process."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from experiments.lab.experiment import Experiment, Trial
from experiments.lab.options import Settings, option
from experiments.lab.page import Page
from experiments.lab.study import Study

REFERENCE = f"{__name__}:STUDY"


@dataclass(frozen=True, kw_only=True)
class BriefSettings(Settings):
    outside_identity = (*Settings.outside_identity, "sleep_s")

    neurons: int = option(10, "of nothing ({default})", least=1)
    gain: float = option(1.0, "({default})")
    rule: str = option("lms", "({default})", choices=("lms", "force"))
    seed: int = option(0, "({default})")
    sleep_s: float = option(0.0, "how long it takes ({default})")
    fails: str | None = option(None, "how it ends", choices=("always", "dies", "once"))


class Brief(Experiment[BriefSettings]):
    def trials(self):
        return [Trial(self.settings.seed)]

    def measure(self, trial, tick):
        settings = self.settings
        if started := os.environ.get("STARTED"):
            with open(started, "a") as file:
                file.write(f"{settings.seed}\n")
        time.sleep(settings.sleep_s)
        if settings.fails == "always":
            raise RuntimeError(f"seed {settings.seed} diverged")
        if settings.fails == "dies":
            os._exit(3)
        if settings.fails == "once":
            try:
                Path(os.environ["FAILED"]).touch(exist_ok=False)
            except FileExistsError:
                pass
            else:
                raise RuntimeError("for once")
        error = abs(settings.neurons - 20) / 20 + abs(settings.gain - 1) + 0.01 * settings.seed
        return {"error": error, "measures": {"rate_Hz": 2.0 * settings.neurons}}

    def summarise(self, records):
        (record,) = records.values()
        return {name: record[name] for name in ("error", "measures", "seed")}


def page(run):
    return Page("Brief", [], {}, [])


STUDY = Study(
    name="brief",
    settings=BriefSettings,
    experiment=f"{__name__}:Brief",
    page=f"{__name__}:page",
    description="Something brief.",
    metric="error",
    minimise=True,
    start="python -m brief",
)
