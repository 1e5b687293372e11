"""A whole number that the office may set for itself, within limits."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """The Chinese words for the number, what it is unless set, and the limits (inclusive)."""

    label: str
    default: int
    least: int
    most: int
