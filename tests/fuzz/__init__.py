"""Broken files for every reader: ``python -m tests.fuzz --help``.

:mod:`tests.fuzz.readers` lists the readers, each with small valid files; a new reader is one entry
there. :mod:`tests.fuzz.mutations` breaks files, by a number that gives the same broken file again,
and :mod:`tests.fuzz.running` reads them and holds each reader to its promise: within 2 s of
processor time and 500 MB above what the process has, either the file is refused by one of the
project's own errors, which names it, or it is loaded as something that works.
"""
