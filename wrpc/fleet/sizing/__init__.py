"""How many replicas a load needs: closed forms over the step model, each with where it comes from.

`load` is what arrives at one replica or pool; `capacity` how much a replica takes; `waits` queues before it; `latency`
what a request of a steady load sees; `smallest` the least fleet for promises. Nothing here knows of a policy.
"""
