"""Callboard: live teaching operations for organisations that teach online, at scale."""

__version__ = "0.1.0"
