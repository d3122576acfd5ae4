"""A compiler and prover for policies that place LLM requests on models, pools and machines."""

from wrpc.version import __version__ as __version__
