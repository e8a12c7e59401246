"""Calendars as iCalendar files (.ics) and feeds: events become sessions, attendees people.

Owns that outside shape, read by the library `icalendar` and repeated by `recurring_ical_events`; what is
booked, moved and called off is decided by `sessions.operations.timetables`.
"""
