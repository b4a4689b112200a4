"""The one SQLite file that holds all of it, and the only SQL on it."""
