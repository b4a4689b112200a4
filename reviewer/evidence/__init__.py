"""A proposal against its baseline: pure functions of domain records."""
