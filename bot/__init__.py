"""The running program: settings, command line, intake, sender, clock and the sandbox."""

import os

# Durations from python-telegram-bot as timedelta; it reads this once, when it is imported, and warns otherwise.
os.environ.setdefault("PTB_TIMEDELTA", "true")
