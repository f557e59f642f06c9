"""An experiment that takes as long as it is told, or fails, or ends its process."""

import argparse
import os
import time
from dataclasses import dataclass
from pathlib import Path

from experiments.lab.command import Experiment
from experiments.lab.errors import InputError


@dataclass(frozen=True)
class Settings:
    neurons: int
    gain: float
    rule: str
    seed: int
    sleep_s: float
    fails: str | None
    out: Path

    def __post_init__(self):
        if self.neurons < 1:
            raise InputError(f"--neurons must be at least 1, got {self.neurons}")


def parser():
    p = argparse.ArgumentParser(prog="what_when.py")
    p.add_argument("--neurons", type=int, default=10)
    p.add_argument("--gain", type=float, default=1.0)
    p.add_argument("--rule", choices=("lms", "force"), default="lms")
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--sleep-s", type=float, default=0.0)
    p.add_argument("--fails", choices=("always", "dies", "once"))
    p.add_argument("--out", type=Path, default=Path("results"))
    return p


def work(settings):
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
    (settings.out / "summary.json").write_text("{}")
    return {"error": error, "measures": {"rate_Hz": 2.0 * settings.neurons}, "seed": settings.seed}


EXPERIMENT = Experiment(parser, Settings, work, resumes="")
