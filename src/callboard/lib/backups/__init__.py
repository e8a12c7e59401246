"""Backups: everything that an installation holds, in one file, and back again.

Owns the file's format (`archive`), the way through PostgreSQL's own tools (`dump`), and the two stories,
`taking` and `restoring`. The installation's secret key is not in the file unless it is asked for.
"""
