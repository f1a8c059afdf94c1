"""What subscribers do: commands and buttons."""
