"""Reading broken files, one after another, under a limit of time and memory."""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from experiments.lab.errors import InputError
from lsm.base.files import LoadError
from tests.fuzz.readers import READERS, Reader

SECONDS, MEGABYTES = 2.0, 500.0
#: What one is given on a busy machine before its process is ended, in times of its limit.
_PATIENCE = 150
_ROOT = str(Path(__file__).parents[2])


@dataclass
class Outcome:
    """What became of one broken file."""

    number: int
    seconds: float = 0.0
    megabytes: float = 0.0
    refused: bool = False
    fault: str = ""
    content: bytes = b""


@dataclass
class Tally:
    """What became of a reader's broken files; of equal faults the first is kept."""

    reader: str
    inputs: int = 0
    refused: int = 0
    seconds: float = 0.0
    megabytes: float = 0.0
    faults: dict[str, Outcome] = field(default_factory=dict)
    n_faults: int = 0

    def add(self, outcome: Outcome) -> None:
        self.inputs += 1
        self.refused += outcome.refused
        self.seconds = max(self.seconds, outcome.seconds)
        self.megabytes = max(self.megabytes, outcome.megabytes)
        if outcome.fault:
            self.n_faults += 1
            self.faults.setdefault(outcome.fault.splitlines()[0], outcome)


class Bench:
    """A reader, its valid files and a folder where one of them is broken."""

    def __init__(self, reader: Reader, folder: Path) -> None:
        self.reader, self.folder = reader, folder
        folder.mkdir(exist_ok=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.seeds = reader.make(folder)
            for content in self.seeds:  # valid ones load, and all imports are done
                self._place(content)
                reader.read(folder / reader.file)

    def broken(self, number: int) -> bytes:
        """The broken file of a number."""
        rng = Random(f"{self.reader.name}-{number}")
        return self.reader.mutate(rng, rng.choice(self.seeds), self.seeds)

    def tried(self, number: int) -> Outcome:
        """What becomes of the broken file of a number."""
        content = self.broken(number)
        outcome = Outcome(number, content=content)
        self._place(content)
        before = _reset_peak()
        started = time.process_time()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.reader.read(self.folder / self.reader.file)
        except (LoadError, InputError) as error:
            outcome.refused = True
            outcome.fault = self._fault_of_refusal(error)
        except Exception as error:
            outcome.fault = _fault(error)
        outcome.seconds = time.process_time() - started
        outcome.megabytes = max(0.0, (_peak() - before) / 1000)
        if not outcome.fault and outcome.seconds > SECONDS:
            outcome.fault = f"{outcome.seconds:.1f} s"
        if not outcome.fault and outcome.megabytes > MEGABYTES:
            outcome.fault = f"{outcome.megabytes:.0f} MB"
        return outcome

    def _fault_of_refusal(self, error: Exception) -> str:
        if Path(self.reader.file).name not in str(error):
            return f"the file isn't named: {error}"
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, MemoryError):
                return f"memory ran out: {_fault(cause)}"
            cause = cause.__cause__ or cause.__context__
        return ""

    def _place(self, content: bytes) -> None:
        path = self.folder / self.reader.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def run(name: str, numbers: range, *, seconds: float = SECONDS) -> Iterator[Outcome]:
    """The outcomes of a reader's broken files, read in a process of their own.

    Where it dies, or needs far more than `seconds`, the file is at fault and another process goes
    on with the next one.
    """
    at = numbers.start
    while at < numbers.stop:
        with TemporaryDirectory(prefix="fuzz-") as folder:
            for outcome in _by_one(name, range(at, numbers.stop), Path(folder), seconds):
                yield outcome
                at += 1


def _by_one(name: str, numbers: range, folder: Path, seconds: float) -> Iterator[Outcome]:
    """The same, up to the first file that ends its process."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_work, args=(there, name, numbers, folder))
    process.start()
    there.close()
    try:
        here.recv()  # it's ready
        for number in numbers:
            fault = f"it takes more than {seconds * _PATIENCE:g} s"
            try:
                if here.poll(seconds * _PATIENCE):
                    yield here.recv()
                    continue
            except EOFError:
                process.join()
                fault = f"its process ended with {process.exitcode}"
            content = (folder / READERS[name].file).read_bytes()
            yield Outcome(number, fault=fault, content=content)
            return
    finally:
        process.kill()
        process.join()
        here.close()


def _work(pipe: Connection, name: str, numbers: range, folder: Path) -> None:
    bench = Bench(READERS[name], folder)
    # What is only asked for, and never used, counts as well.
    size = _status("VmSize") * 1000 + MEGABYTES * 1e6
    resource.setrlimit(resource.RLIMIT_AS, (int(size), resource.RLIM_INFINITY))
    pipe.send("ready")
    for number in numbers:
        outcome = bench.tried(number)
        if not outcome.fault:
            outcome.content = b""
        pipe.send(outcome)


def _fault(error: BaseException) -> str:
    """The error, the project's innermost line, and the way there."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [
        one for one in frames if one.filename.startswith(_ROOT) and "/tests/" not in one.filename
    ]
    last = own[-1] if own else frames[-1]
    where = f"{Path(last.filename).name}:{last.lineno}"
    lines = "".join(traceback.format_tb(error.__traceback__)[-12:])
    text = " ".join(str(error).split())[:200]
    return f"{type(error).__name__} at {where}\n{text}\n{lines}"


def _status(name: str) -> int:
    """A number of /proc/self/status in kB; 0 where there is none."""
    try:
        with open("/proc/self/status") as file:
            return next((int(x.split()[1]) for x in file if x.startswith(f"{name}:")), 0)
    except OSError:
        return 0


def _peak() -> int:
    return _status("VmHWM") or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _reset_peak() -> int:
    """Begin anew to measure the peak, and return what is in memory now."""
    if sys.platform == "linux":
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    return _peak()
