"""The Bot API specification as data, and the checker of recorded traffic."""
