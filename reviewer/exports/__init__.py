"""What leaves the store: CSV and JSON Lines."""
