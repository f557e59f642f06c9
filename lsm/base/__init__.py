"""What everything in `lsm` stands on and what knows nothing of it: imports nothing else of `lsm`.

==================================  ===============================================================
arguments                           :mod:`~lsm.base.quantities`, :mod:`~lsm.base.units`,
                                    :mod:`~lsm.base.checks`, :mod:`~lsm.base.steps`
files                               :mod:`~lsm.base.files`, :mod:`~lsm.base.archives`,
                                    :mod:`~lsm.base.tables`, :mod:`~lsm.base.temporary`
processes, and how results print    :mod:`~lsm.base.processes`, :mod:`~lsm.base.reprs`
==================================  ===============================================================
"""
