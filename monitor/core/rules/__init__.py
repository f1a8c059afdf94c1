"""The watch file: its grammar, what it means, and what it does with developments."""
