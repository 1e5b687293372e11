"""Photos and voice notes that people handed in, and what each of them shows."""

from storage.subject import Subject


class Attachments(Subject):
    """Photos and voice notes that people handed in, and what each of them shows."""
