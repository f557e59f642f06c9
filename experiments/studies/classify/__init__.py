"""Cross-validate random liquids on a task, beside their controls and rivals."""

from experiments.lab.study import Study, listed
from experiments.studies.classify.settings import (
    CONTROLS,
    LIQUIDS,
    ONLINE,
    WITHOUT_LIQUID,
    ClassifySettings,
)

STUDY = Study(
    name="classify",
    settings=ClassifySettings,
    experiment="experiments.studies.classify.experiment:Classify",
    page="experiments.studies.classify.page:page",
    description=__doc__,
    epilog=listed(
        rivals=WITHOUT_LIQUID
        | ONLINE
        | CONTROLS
        | {name: text for name, (text, *_) in LIQUIDS.items()}
    )
    + "\n\nLiquids have the main one's size, encoder, state, readout and random state, and so the "
    "same\nneurons and inputs, but for the preset's.",
    marks="held_out",
    metric="test_accuracy",
)
