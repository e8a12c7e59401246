"""Organizations, members, instructors, students, guardians, consent, and who may do what.

Owns identity: who a person is to an organization, and the login behind them. Refuses to know of sessions.
"""
