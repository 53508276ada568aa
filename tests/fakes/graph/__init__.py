"""A strict fake of Meta's Graph API: a server over real HTTP, its rules, and a person who plays with it."""

from tests.fakes.graph.person import Person
from tests.fakes.graph.server import FakeGraph

__all__ = ["FakeGraph", "Person"]
