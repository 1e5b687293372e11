"""What an enterprise must do by which day, and the narrow queue of what wants looking at."""

from storage.subject import Subject


class Duties(Subject):
    """What an enterprise must do by which day, and the narrow queue of what wants looking at."""
