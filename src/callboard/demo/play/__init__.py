"""How one session goes: its script, and the events that it makes. Pure, and seeded."""
