"""Engines that serve the pools of a policy, as far as every target that starts some needs to know."""
