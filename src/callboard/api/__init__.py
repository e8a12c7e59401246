"""The REST API: what the web can do, for programs.

Owns shapes, problems, paging and retries. Decides nothing: every call goes to the domains' operations.
"""
