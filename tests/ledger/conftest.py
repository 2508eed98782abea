"""The stories' hub and clients serve here too."""

from tests.stories.conftest import enter, hub_url, make, owner, shanghai, suzhou, town

__all__ = ["enter", "hub_url", "make", "owner", "shanghai", "suzhou", "town"]
