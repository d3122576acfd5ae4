"""Questions answered without Z3: a condition over few values is the set of the values that it holds for.

Each signal's values fall into cells that no condition tells apart, and a request into a point, one cell of each signal.
A term is two sets of points: those of which some request may satisfy it, and those of which every request does. Where
nothing may, it is impossible; where something must, a point is a request; what lies between is the reference's.
"""
