"""Which metric of a liquid tells its accuracy?"""

from experiments.lab.study import Study
from experiments.studies.which_metric.settings import WhichMetricSettings

STUDY = Study(
    name="which_metric",
    settings=WhichMetricSettings,
    experiment="experiments.studies.which_metric.experiment:WhichMetric",
    page="experiments.studies.which_metric.page:page",
    description="Rank correlations of a liquid's metrics with its accuracies, over random liquids.",
    resumes="does what is missing, also after tasks or liquids were added",
)
