"""People who act in tests."""

from core.people.roles import ADMINISTRATOR, Person


def somebody(name: str = "Ann", role: str = ADMINISTRATOR) -> Person:
    """A person of this name, who may do everything unless the test is about roles."""
    return Person(name, role)
