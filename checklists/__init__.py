"""The rule book: criteria, plans and calendars as data, and pure rules over values and time."""
