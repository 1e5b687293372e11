"""Reactions: what happens when a person writes or presses, or when the clock ticks."""
