"""The live path: evidence in, an append-only log, the engine that reconciles it with the plan, live state.

Owns events, conditions and the kinds of case that they raise. Refuses to keep names or words.
"""
