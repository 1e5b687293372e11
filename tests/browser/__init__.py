"""Tests that look at the chat page with a real browser."""
