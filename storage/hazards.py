"""The list of hazards (隐患) with their numbers, arrangements and states."""

from storage.subject import Subject


class Hazards(Subject):
    """The list of hazards (隐患) with their numbers, arrangements and states."""
