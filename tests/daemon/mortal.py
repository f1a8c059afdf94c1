"""Imported by the forkserver alone: it ends with the process that runs the tests, and all that it forked with it."""

from tests.lifetime import die_with_parent

die_with_parent()
