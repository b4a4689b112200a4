"""Claude as a second reader: what it is asked, what it answers, what it may cost, and what goes wrong on the way."""
