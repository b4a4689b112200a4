"""Rules over the data alone that ask questions about the evidence: pure functions of domain records."""
