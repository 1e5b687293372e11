"""Invitations: one use, an expiry, revocable; only the hash of the token is kept."""

from storage.subject import Subject


class Invitations(Subject):
    """Invitations: one use, an expiry, revocable; only the hash of the token is kept."""
