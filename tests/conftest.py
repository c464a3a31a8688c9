"""How properties are searched: alike in every `make test`, anew in every `make explore`.

A gate must say of a change what it says of it tomorrow. So the cases of the suite follow from each
test alone, and looking for unheard-of ones is a run of its own, as deep as its reader has patience.
"""

from hypothesis import settings

# No deadline: how long one example takes says how busy the machine is, and nothing of the code.
settings.register_profile("gate", derandomize=True, database=None, deadline=None)
settings.register_profile("explore", max_examples=2_000, deadline=None, print_blob=True)
settings.load_profile("gate")
