"""The numbers of a network: what training changes, and what is counted along."""

import numpy as np

Weights = dict[str, np.ndarray]
"""Keys `'<layer index>/<Keras name>'` (`0/kernel`, `2/moving_mean`), values float32."""
