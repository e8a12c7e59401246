"""Running several programs as one: start, watch, restart, and stop them all, whatever happens to us.

Owns `supervisor.Supervisor` and its `Program`, and the guard that ends the programs when the supervisor is
killed; and the list of the product's programs (`programs`), which it starts by words and does not import.
"""
