"""Training in the closed loop by FORCE, and how well a network goes on alone.

settings, protocols   options; how a task is learned, as published or changed
training, measures    one network, and the errors of its test
experiment            one training; many: a plane of G and Q, a table of tasks and models
comparison            slow against fast learning, in spiking and in rate networks
figures, page         what all but the comparison draw and say
"""

from experiments.lab.study import Study
from experiments.studies.force.settings import ForceSettings

STUDY = Study(
    name="force_training",
    settings=ForceSettings,
    experiment="experiments.studies.force.experiment:make",
    page="experiments.studies.force.page:page",
    description="Train networks in the closed loop by FORCE, and see whether they go on alone.",
    resumes="does what is missing of several",
    kinds=("force_training, grid", "force_training, table", "force_compare"),
    metric="nrmse",
    minimise=True,
)
