"""Questions answered without Z3: a condition over few values is a set of what it holds for.

Each signal's values fall into cells that no condition tells apart. Over them three bodies answer.

Points (`bits.py`, `room.py`), for small policies: a request falls into a point, one cell of each signal, and a set is
the bits of one number. A term is two sets: the points of which some request may satisfy it, and those of which every
request does. Where nothing may, it is impossible; where something must, a point is a request; what lies between is the
reference's.

Diagrams (`diagrams.py`) and clauses (`clauses.py`), for all others: a term is a circuit (`circuit.py`) over leaves
(`leaves.py`), and the engine (`engine.py`) asks the one until its budget of nodes is spent, then the other. What no
cell decides, such as a sum against a number, is a leaf of its own; whether values can make leaves hold together Z3 says
(`realise.py`).
"""
