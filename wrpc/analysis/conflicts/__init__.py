"""Rules that contradict, shadow or repeat each other (2xx)."""
