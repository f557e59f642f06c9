"""Forecast series with liquids, beside echo state networks and linear models in the same run.

``python experiments/forecast.py`` does NARMA10, Mackey-Glass and the memory capacity with 400
neurons: a page, a summary and pictures go into ``--out``. ``--neurons 100,200,400`` shows how
errors fall with their number.
"""

from experiments.lab.script import main_of

main = main_of(__name__, "experiments.studies.forecast:STUDY")
