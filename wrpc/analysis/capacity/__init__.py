"""Load and what serves it (6xx)."""
