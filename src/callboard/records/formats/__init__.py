"""Formats of transcripts, one module each: a file in, a `Transcript` out, or a clear refusal.

Imports no Django, so that a replay starts at once.
"""
