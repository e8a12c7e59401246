"""Rosters: what columns mean, what a row says, and how the people of a file are told apart.

Owns the reading, pure and without a database; `operations.rosters` compares with who is known and writes.
"""
