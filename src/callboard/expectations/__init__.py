"""Promises: what must happen for each session, by when, and the evidence that met it.

Owns the ledger of promises and the policy that says which are made. Refuses to watch: what the live engine
owns falls due there, the rest by jobs.
"""
