"""The public interface of the platform: the command line and `open_release`."""

from serving import open_release

__all__ = ["open_release"]
