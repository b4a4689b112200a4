"""The type of a column of numbers, named without loading numpy, which takes longer than most of what needs no array."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Places = NDArray[np.intp]
    Flags = NDArray[np.bool_]
else:
    Flags = Numbers = Places = Any
