"""Many trainings, of which each leaves a record, so that an interrupted run goes on."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits
from tqdm.auto import tqdm

from experiments.lab.errors import InputError
from experiments.lab.interrupts import raise_if_interrupted
from experiments.lab.progress import note
from experiments.lab.records import Key, Record, open_records
from experiments.studies.force.plans import Plan
from experiments.studies.force.single import outcome
from experiments.studies.force.training import train


@dataclass(frozen=True)
class Piece:
    """A plan with a seed, and the name of its record."""

    name: str
    seed: int
    plan: Plan

    @property
    def key(self) -> Key:
        return self.seed, 0, self.name


def work(
    pieces: Sequence[Piece], out: Path, *, what: str, resume: bool, n_jobs: int
) -> tuple[Path, dict[Key, Record]]:
    """Train what has no record yet; return the folder, and the records of all pieces.

    Raises
    ------
    InputError
        The folder's records are of something else, or of other settings.
    """
    folder, records = open_records(out, {"experiment": f"force_training, {what}"}, resume=resume)
    missing = [piece for piece in pieces if piece.key not in records]
    for piece in pieces:
        if piece.key in records:
            _check(folder, piece, records[piece.key])
    total, left = (sum(piece.plan.cost for piece in some) for some in (pieces, missing))
    with (
        threadpool_limits(1),
        # The bar counts expected work, so that its time left is right where pieces differ.
        tqdm(
            total=total,
            initial=total - left,
            bar_format="{percentage:3.0f}%|{bar}| {elapsed}<{remaining}{postfix}",
        ) as bar,
    ):
        bar.set_postfix_str(f"{len(pieces) - len(missing)} of {len(pieces)} trainings")

        def one(piece: Piece) -> tuple[Piece, Record]:
            raise_if_interrupted()
            before = time.perf_counter()
            found: dict[str, Any] = outcome(train(piece.plan, seed=piece.seed))
            found["seconds"] = time.perf_counter() - before
            return piece, found | {"settings": piece.plan.described()}

        # Threads: nearly all of the time is spent in programs of their own.
        pool = Parallel(n_jobs=n_jobs, prefer="threads", return_as="generator_unordered")
        for done, (piece, content) in enumerate(pool(delayed(one)(p) for p in missing), 1):
            records.add(piece.key, content)
            bar.set_postfix_str(
                f"{len(pieces) - len(missing) + done} of {len(pieces)} trainings", refresh=False
            )
            bar.update(piece.plan.cost)
            note(f"seed {piece.seed}, {piece.name}: {content['seconds']:.0f} s")
    return folder, {piece.key: records[piece.key] for piece in pieces}


def _check(folder: Path, piece: Piece, record: Record) -> None:
    ours = json.loads(json.dumps(piece.plan.described()))
    for name, value in ours.items():
        was = record["settings"].get(name)
        if was != value:
            raise InputError(
                f"--resume: {folder / 'records.jsonl'} is of another run: {name} of {piece.name} "
                f"was {was!r}, now {value!r}"
            )
