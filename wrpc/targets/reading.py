"""A target's own YAML, read back."""

from __future__ import annotations

from typing import Any


def yaml(text: str) -> Any:
    """Plain data alone, by the faster of the library's two safe readers where it was built."""
    from yaml import load

    try:
        from yaml import CSafeLoader
    except ImportError:
        from yaml import SafeLoader

        return load(text, Loader=SafeLoader)
    return load(text, Loader=CSafeLoader)
