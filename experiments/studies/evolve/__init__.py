"""A liquid is evolved on a task, tested, and set beside its controls."""

from experiments.lab.study import Study
from experiments.studies.evolve.settings import EvolveSettings

STUDY = Study(
    name="evolve_lsm",
    settings=EvolveSettings,
    experiment="experiments.studies.evolve.experiment:Evolution",
    page="experiments.studies.evolve.page:page",
    description="Evolve a liquid state machine on a task and test it beside its controls.",
    epilog="""Defaults stand in parentheses.

recipes:
  driven          inputs that drive the liquid, recurrent synapses that matter
  rates           inputs that fire a neuron by themselves: for rates
  speech          inputs of both signs, slow membranes: for many busy channels
  varied          the same neurons, all weights scaled to the task's input
  adaptive        neurons that tire, scaled likewise; all time constants evolve
  izhikevich      cortical neurons (Izhikevich 2003), scaled likewise
  paper           the evolved liquid as its authors built it
encodings:
  both            both of the following evolve
  configurations  parameters and polarity of the neurons evolve
  positions       positions of the neurons evolve
controls:
  none            the evolved liquid alone
  default         baselines without a liquid, random liquids, the liquid without recurrence
  full            also searches of equal budget (random; CMA-ES on the gains of a random
                  liquid; without recurrence), ablations, new templates
""",
    resumes="goes on from the last generation",
    marks="evaluations",
    metric="test_accuracy",
)
