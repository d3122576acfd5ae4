"""What the targets share: a policy with its guards settled, which is all of it that an emitter is given.

`settle` turns a policy into branches (`branches.py`): who takes a request, and what then becomes of it, with every way
in which guards change a plan as a fork on the road to it. No plan as it was written can be had from them, so that an
emitter cannot forget a guard.
"""
