"""Running several programs as one: start, watch, restart, and stop them all, whatever happens to us.

Owns `supervisor.Supervisor` and its `Program`, and the guard that ends the programs when the supervisor is
killed. It does not know what the programs are.
"""
