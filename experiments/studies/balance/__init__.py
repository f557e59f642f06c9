"""Excitation and inhibition at one firing rate: is a liquid best where they are in balance?"""

from experiments.lab.study import Study
from experiments.studies.balance.settings import BalanceSettings

STUDY = Study(
    name="ei_balance",
    settings=BalanceSettings,
    experiment="experiments.studies.balance.experiment:Balance",
    page="experiments.studies.balance.page:page",
    description="Sweep the E/I ratio of liquids through balance at one firing rate, and judge what "
    "is claimed.",
)
