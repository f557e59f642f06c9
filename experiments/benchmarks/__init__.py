"""What ``benchmark.py`` measures: a table of parts (`settings.PARTS`), each of which is a module.

A new part is a module with a `PART`, and a line in the table. Nothing heavy is imported here.
"""

from experiments.benchmarks.settings import BenchmarkSettings
from experiments.lab.study import Study

BENCHMARK = Study(
    name="benchmark",
    settings=BenchmarkSettings,
    experiment="",
    page="experiments.benchmarks.page:page",
    description="What a liquid costs, and whether it is what others have: the claims that a "
    "machine can check.",
)
