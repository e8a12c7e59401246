"""WebRTC statistics as browsers dump them (rtcstats): read into live events, and summed up per connection.

Refuses what names people: a participant is the dump's endpoint id, and display names, addresses and
fingerprints stay in the file.
"""
