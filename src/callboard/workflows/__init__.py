"""The stories that cross domains, one file each, and `reactions`: the one table of who reacts to which fact.

Owns the order of steps and what happens when one fails. It refuses to hold rules or tables of its own. Each
story's docstring numbers its steps; each step is a job that is right to run twice.
"""
