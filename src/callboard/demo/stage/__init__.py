"""The school written into a database, the day so far behind it, so that it is alive at the first look."""
