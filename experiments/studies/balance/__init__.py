"""What ``ei_balance.py`` does: liquids at several E/I ratios, measures, claims, pictures."""
