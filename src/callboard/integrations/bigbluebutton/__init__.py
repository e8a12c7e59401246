"""BigBlueButton: runs rooms over its API, takes its webhooks, and reads the event logs of its recordings.

Refuses names and chat: ids and moments alone come out of what it tells.
"""
