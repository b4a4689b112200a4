"""What becomes of work when things go wrong: programs that are killed, terminals that close, many at one store."""
