"""Bytes of a feed document → entries."""
