"""Tests of the rule book: pure rules and packaged data."""
