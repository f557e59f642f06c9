"""What studies share, and nothing that knows a study.

``study`` and ``experiment`` are the engine: a study is declared, and each run of it done. Options
are declared once (``options``), from which the command line (``parsing``), the files of options
(``configuration``, ``yaml_files``) and the names of a sweep follow. ``results`` and ``records`` are
what a run leaves, ``figures`` the style of its pictures, ``page`` its page, ``sweep`` many runs.
"""
