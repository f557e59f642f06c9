"""The version of the distribution that the packages are installed from."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("liquidstate")
except PackageNotFoundError:  # a checkout that is not installed
    __version__ = "0+unknown"
