"""Judge agents' research proposals beside human baselines, by keyboard, in a terminal."""
