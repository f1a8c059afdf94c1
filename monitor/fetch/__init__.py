"""A source → the bytes of its document, politely and without trusting it."""
