"""Evidence in: `POST /api/v1/events`, a lean ASGI path beside Django.

It owns authentication by key, validation by position, and durability: 202 is said after the commit, never
before. It refuses words (`text` never reaches the log), sessions of others, and what only booking may write.
Duplicates that it remembers it counts; the engine drops the rest.
"""

from callboard.live.ingest.app import PATH, IngestApp

__all__ = ["PATH", "IngestApp"]
