"""Rosters in the shape of OneRoster: its CSVs of versions 1.1 and 1.2, and School Data Sync's of 2 and 2.1.

Owns that outside shape; who is who and how it is written is the roster's own (`people.operations.rosters`).
Passwords, demographics and flags that such files hold are not read.
"""
