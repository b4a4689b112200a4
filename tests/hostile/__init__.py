"""Texts that would harm whoever shows them, put everywhere, and what must never come of it."""
