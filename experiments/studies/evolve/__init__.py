"""What ``evolve_lsm.py`` does: runs of the evolved liquid, their controls and pictures."""
