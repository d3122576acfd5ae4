"""Pools and what is sent to them (5xx)."""
