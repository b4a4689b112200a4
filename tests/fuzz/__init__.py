"""Random inputs for the readers, the search and the screen, with what must hold after each."""
