"""The booked session: its plan, who takes part, its room and recordings, and its life until it is over.

Owns that nobody is in two places at once. It refuses to decide who should teach (scheduling), to judge what
happened (live), to tell anybody (outreach) and to talk to a provider inside a transaction (workflows).
"""
