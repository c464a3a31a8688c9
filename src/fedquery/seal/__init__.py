"""The envelope: a signed, sealed request that a relay carries but cannot read, and its answer.

`envelope` is all that a relay needs: it reads and verifies, and imports no KEM key. `request` and
`answer` seal and open at the two ends. Membership, freshness, replay and policy are judged
elsewhere; nothing here looks at a clock.
"""
