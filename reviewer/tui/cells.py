"""Fitting text into terminal cells."""

from rich.cells import cell_len, set_cell_size


def cut(text: str, width: int, ellipsis: str = "…") -> str:
    """Return ``text`` in exactly ``width`` cells, padded or cut with an ellipsis. Wide letters count two."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(set_cell_size(text, max(0, width - cell_len(ellipsis))).rstrip() + ellipsis, width)
