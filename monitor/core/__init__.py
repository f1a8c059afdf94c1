"""Pure: no network, no disk, no clock, no chance, no log. Start with `decide`."""
