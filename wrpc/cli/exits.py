"""What an exit code means: no error found, errors, bad usage or an input that cannot be read, interrupted."""

from __future__ import annotations

FINE, ERRORS, UNUSABLE, INTERRUPTED = 0, 1, 2, 130
