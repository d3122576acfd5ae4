"""The resolved policy: names, units, types, imports, overrides, and the core of expressions with its one fold."""
