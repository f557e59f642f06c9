"""From rate networks to spiking ones by one scaling factor."""

from experiments.lab.study import Study
from experiments.studies.conversion.settings import ConversionSettings

STUDY = Study(
    name="rate_to_spiking",
    settings=ConversionSettings,
    experiment="experiments.studies.conversion.experiment:Conversion",
    page="experiments.studies.conversion.page:page",
    description="Train rate networks on cognitive tasks, make them spiking by one scaling factor, "
    "and test both.",
)
