"""What was said and what came of it: transcripts, and in time notes and briefs.

Owns the formats in which transcripts come (`formats`). It does not know who recorded them, or how.
"""
