"""Promises: what must happen in a session, by when, and the evidence that kept or broke it.

Owns the rows, the policy that they are derived from, and what time alone decides. It refuses to judge live
evidence (live) and to raise cases (the reactions to `ExpectationMissed`). It knows no kind of its own: each
domain registers those for which it can bring evidence.
"""
