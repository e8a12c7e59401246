"""What every package stands on: clock, ids, errors, tenancy, jobs, facts, pubsub, the embedded database.

Owns no domain and knows none: nothing here imports another package of Callboard.
"""
