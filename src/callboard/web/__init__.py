"""Boards and pages: server-rendered, current within a second, the same operations as the API.

Views are thin; `reads` fetch what a screen shows in a fixed number of queries; `presenters` turn that into
frozen dataclasses in the viewer's zone with all words translated; templates only lay out. Owns no rule and
writes nothing except through the domains' operations.
"""
