"""The simulated school in virtual time through the live engine, judged against the faults that were put
into it.
"""
