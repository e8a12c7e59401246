"""Queues, cases, incidents: operational exceptions, who has them, and what was done.

Owns the life of a case. Knows nobody: kinds, severities, deadlines and actions are registered with it
(`cases.registry`) by the packages that raise and act.
"""
