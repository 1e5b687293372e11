"""What a zone and an enterprise add to the national criteria: adopted items and own items."""

from storage.subject import Subject


class Standards(Subject):
    """What a zone and an enterprise add to the national criteria: adopted items and own items."""
