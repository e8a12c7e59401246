"""The booked session: its lifecycle, its people, its room and its recordings.

Owns the plan and what became of it. Refuses to decide who teaches what (scheduling) or whether it goes
well (live). Other packages read by `queries` and write by `operations`.
"""
