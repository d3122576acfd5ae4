"""The hands that draw random policies, each on top of the one before: signals, conditions, machines, routes, rules."""
