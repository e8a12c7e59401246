"""The `callboard` command, thin: options in, words or JSON out, exit codes that mean something.

Owns how a command starts: its arguments, the database and Django made ready (`runtime`), and what failures
look like (`failures`). What commands do lives below.
"""
