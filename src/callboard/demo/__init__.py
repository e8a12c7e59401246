"""The simulated school: people, a timetable, a provider that misbehaves on purpose, and the demo made of
them.

- `school`: who there is and when they meet; pure and seeded.
- `play`: how one session goes, event by event; pure and seeded.
- `faults`: what is put wrong, and which cases the rules then demand; pure and seeded.
- `detection`: a school day in virtual time through the live engine, judged against the faults.
- `provider`: the simulated provider, a process that plays the sessions and obeys its API.
- `stage`: the school written into a database, with the day so far behind it.

It refuses to decide what a case is: that is the engine's alone.
"""
