"""Which hazards fixed on the spot (立查立改) a reviewer must see with his own eyes: a draw nobody can steer."""

import hashlib

from checklists.hazards import Level, State


def is_drawn(hazard_id: int, level: Level, *, rate_percent: int, salt: str) -> bool:
    """Whether this hazard is to be looked at on site; the same for the same id and salt, for ever.

    A major hazard always is. `rate_percent` is set by the office (0 to 100); without the office's `salt` nobody can
    tell beforehand which ids are drawn.
    """
    if level is Level.MAJOR:
        return True
    drawn = int.from_bytes(hashlib.sha256(f"{salt}:{hazard_id}".encode()).digest()[:4], "big")
    return drawn % 10_000 < rate_percent * 100


def wants_look(level: Level, state: State, *, sampled: bool) -> bool:
    """Whether a hazard passes only after a look on site: it was drawn, or became a major one after it was fixed."""
    return sampled or (level is Level.MAJOR and state is State.FIXED_ON_SPOT)
