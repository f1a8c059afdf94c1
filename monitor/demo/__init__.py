"""Five days of an invented conflict, played by a feed server on loopback to the real daemon."""
