"""What a policy means for all requests: the reference encoding in Z3, questions with answers, witnesses.

Only this room imports z3.
"""
