"""What ``forecast.py`` does: series, ways to predict them, errors and pictures."""
