"""How much a question may cost. Steps, points and bits, never seconds: a verdict does not depend on the machine."""

RESOURCES = 20_000_000  # Z3's steps for one question: seconds at most, where ordinary questions take milliseconds
