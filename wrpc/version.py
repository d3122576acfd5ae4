"""The version of the compiler, in the one place that the build, the manifest and the command line read it from."""

__version__ = "0.1.0"
