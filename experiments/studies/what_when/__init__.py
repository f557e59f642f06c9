"""What comes, and when: a reservoir, and rules that learn from its states online."""

from experiments.lab.study import Study
from experiments.studies.what_when.settings import WhatWhenSettings

STUDY = Study(
    name="what_when",
    settings=WhatWhenSettings,
    experiment="experiments.studies.what_when.experiment:WhatWhen",
    page="experiments.studies.what_when.page:page",
    description="Learn online what comes after a cue, and when, by several rules from the same "
    "states.",
)
