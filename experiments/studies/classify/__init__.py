"""What ``classify.py`` does: liquids on the folds of a task, beside rivals."""
