"""Two things that should decide alike: two policies, or a policy and the files that were made of one."""
