"""What the daemon remembers: one Protocol, SQLite by default, memory for replays."""
