"""`python -m wrpc`."""

from __future__ import annotations

from wrpc.cli import main

if __name__ == "__main__":
    main()
