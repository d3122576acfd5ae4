"""What nothing takes, and what nothing reaches (3xx)."""
