"""Train networks by rules that reach their recurrent weights, beside what they don't need."""

from experiments.lab.study import Study, listed
from experiments.studies.learn.settings import CONTROLS, RULES, WAYS, LearnSettings

STUDY = Study(
    name="learn",
    settings=LearnSettings,
    experiment="experiments.studies.learn.experiment:make",
    page="experiments.studies.learn.page:page",
    description=__doc__,
    epilog=listed(rules=RULES, controls=CONTROLS, compared=WAYS),
    kinds=("learn, compare",),
    resumes="goes on from the last checkpoint",
    metric="measures.eprop.mean",
)
