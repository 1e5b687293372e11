"""Tests, one file per subject; real databases, the real HTTP wire, a real browser."""
