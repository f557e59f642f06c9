"""Compare any methods on any tasks: paired differences, ranks and a critical difference."""

from experiments.lab.study import Study, listed
from experiments.studies.compare.settings import METHODS, CompareSettings

STUDY = Study(
    name="compare",
    settings=CompareSettings,
    experiment="experiments.studies.compare.experiment:Compare",
    page="experiments.studies.compare.page:page",
    description=__doc__,
    epilog=listed(methods=METHODS),
    resumes="does what is missing, also after tasks, methods or seeds were added",
)
