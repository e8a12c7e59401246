"""What tests share: the database, and (in time) a small cast of people."""
