"""How much a question may cost. Steps, points and bits, never seconds: a verdict does not depend on the machine."""

RESOURCES = 20_000_000  # Z3's steps for one question: seconds at most, where ordinary questions take milliseconds
NODES = 1 << 22  # of decision diagrams for a large policy, about 100 MB
PLACING = 60_000_000  # the same for one question about where pools stand
ROUNDS = 2_000  # ways of what sums and strings may be that are tried for one question
POINTS = 1 << 19  # of a dense universe: sixty-four kilobytes a set
BITS = 1 << 28  # of one dense set for each route and pool
DENSE = 1 << 22  # of the same, where everything is followed: beyond them, diagrams cost less
SUMS = 40  # routes of a policy with sums, from which on values for them are looked for together
CONFLICTS = 50_000  # of the SAT solver for one question
HARD = 4  # questions of a policy that nothing settles within its limits; from then on each costs little
EASY = 100  # conflicts for one question then
HARDEST = 40  # such questions, after which those that diagrams do not answer are open
