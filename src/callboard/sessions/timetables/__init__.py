"""Timetables out of files: what columns mean and which sessions a row wants, one or many. No database.

`operations.timetables` compares them with what is booked, and books, moves and calls off.
"""
