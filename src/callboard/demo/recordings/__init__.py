"""How well recordings survive: lessons in virtual time, whose recorders fail as providers' recorders do.

What is decided about them is decided by `sessions.recovery`, as in production; what is raised, by the engine.
"""
