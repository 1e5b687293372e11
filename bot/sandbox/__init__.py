"""Telegram on this machine: a stand-in Bot API server and a chat page to try the bot without a token."""
