"""Where pools stand: what is placed, the rules over it, the best placement, and why there is none."""
