"""Evolve a liquid state machine on a task and test it beside its controls."""

from evolution.encodings import ENCODING_NOTES
from evolution.recipes import RECIPE_NOTES
from experiments.lab.study import Study, listed
from experiments.studies.evolve.settings import CONTROLS, EvolveSettings

STUDY = Study(
    name="evolve_lsm",
    settings=EvolveSettings,
    experiment="experiments.studies.evolve.experiment:Evolution",
    page="experiments.studies.evolve.page:page",
    description=__doc__,
    epilog="Defaults stand in parentheses.\n\n"
    + listed(recipes=RECIPE_NOTES, encodings=ENCODING_NOTES, controls=CONTROLS),
    resumes="goes on from the last generation",
    marks="evaluations",
    metric="test_accuracy",
)
