"""Tocsin: an alert daemon for news claims. Start reading at `monitor.core.decide`."""

__version__ = "0.1.0"
