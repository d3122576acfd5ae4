"""Guards and claims (4xx)."""
