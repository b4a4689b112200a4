"""Where a function of one variable is highest: by a grid first, so that no lesser top is taken for it."""

from collections.abc import Callable

_STEPS = 60


def highest(function: Callable[[float], float], low: float, high: float) -> float:
    """Return where between ``low`` and ``high`` the function is highest, to a millionth of the distance or so."""
    from scipy.optimize import minimize_scalar

    step = (high - low) / _STEPS
    grid = [low + i * step for i in range(_STEPS + 1)]
    top = max(range(len(grid)), key=lambda i: function(grid[i]))
    near = (grid[max(top - 1, 0)], grid[min(top + 1, _STEPS)])
    found = minimize_scalar(
        lambda x: -function(x), bounds=near, method="bounded", options={"xatol": 1e-7 * (high - low)}
    )
    return float(found.x)
