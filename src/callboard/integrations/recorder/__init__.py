"""A recorder of our own: in the room as a helper that nobody sees, it writes down what is heard.

Owns hearing one room (`hearing`), mixing it (`mixing`), keeping the bytes safe on the way to the store
(`spool`), and the process that has many rooms in hand (`process`). It refuses to decide when it is needed
(workflows.recover_recording) and what becomes of its files (workflows.keep_recordings).

It works wherever a provider lets a helper in by a token for LiveKit's protocol; others it cannot hear.
"""
