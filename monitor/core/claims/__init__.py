"""Text of an item → claims, statements and events."""
