"""Laws are tried on the same examples everywhere, and torch's first call may take as long as it likes.

`pytest --hypothesis-profile=search` tries many others.
"""

from hypothesis import settings

settings.register_profile("laws", deadline=None, derandomize=True, max_examples=60)
settings.register_profile("search", deadline=None, max_examples=2000)
settings.load_profile("laws")
