"""Word lists as data files; no code."""
