"""Enterprises, their trades and traits, and who is named for which position."""

from storage.subject import Subject


class Enterprises(Subject):
    """Enterprises, their trades and traits, and who is named for which position."""
