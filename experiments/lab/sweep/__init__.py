"""The engine of ``sweep.py``: many runs of a study, each a small record.

``specification`` reads what is asked for, and has `evolution.sampling` sample points; ``run`` is
one of them and does it; ``store`` keeps the records; ``engine`` does what is missing, here or on
the workers that ``cluster`` finds; ``collecting`` makes tables of the records and ``pictures``
figures.
"""
