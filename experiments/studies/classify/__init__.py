"""Liquids on the folds of a task, beside rivals, baselines and controls."""

from experiments.lab.study import Study
from experiments.studies.classify.settings import ClassifySettings

STUDY = Study(
    name="classify",
    settings=ClassifySettings,
    experiment="experiments.studies.classify.experiment:Classify",
    page="experiments.studies.classify.page:page",
    description="Cross-validate random liquids on a task, beside their controls and rivals.",
    epilog="""\
rivals:
  svm             support vector machine on simple statistics of the input
  minirocket      aeon's MiniRocket; needs signals
  esn             echo state network of as many units as the liquid; needs signals
  plain           the default liquid, for a --reservoir or --pretraining to be set beside
  extended        preset deckers2022: inhibition of equal weight, adaptation, heterogeneity
  stdp            the default liquid, its synapses tuned by critical_stdp
  stdp-matched    the same, weights scaled back to the default liquid's rate

Liquids are paired with the main one by random state: the same neurons and inputs, but for the
preset's. Their sizes are the main one's.
""",
    marks="held_out",
    metric="test_accuracy",
)
