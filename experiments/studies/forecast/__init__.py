"""Forecast series with liquids, beside echo state networks and linear models in the same run."""

from experiments.lab.study import Study
from experiments.studies.forecast.settings import ForecastSettings

STUDY = Study(
    name="forecast",
    settings=ForecastSettings,
    experiment="experiments.studies.forecast.experiment:Forecast",
    page="experiments.studies.forecast.page:page",
    description=__doc__,
)
