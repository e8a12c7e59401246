"""BigBlueButton: reads the event logs of its recordings. Refuses names and chat: ids and moments alone come
out.
"""
