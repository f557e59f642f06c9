"""What all tests share: one cache of compiled liquid programs, built at most once each."""

import os

import pytest


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory):
    """The cache named by LSM_CACHE, or else an empty one for this session."""
    if "LSM_CACHE" in os.environ:
        yield
        return
    os.environ["LSM_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    yield
    del os.environ["LSM_CACHE"]
