"""The numbers of a network: what training changes, and what is counted along."""

import hashlib

import numpy as np

from cnnlab.nn.architecture import Architecture


class Weights(dict[str, np.ndarray]):
    """A network's numbers by '<layer index>/<Keras name>' (`0/kernel`, `2/moving_mean`), float32, never changed."""

    def of_layer(self, layer_index: int) -> dict[str, np.ndarray]:
        """One layer's weights, by their Keras names."""
        layer = f"{layer_index}/"
        return {key.removeprefix(layer): value for key, value in self.items() if key.startswith(layer)}

    def check(self, architecture: Architecture) -> None:
        """Raise a ValueError unless these are of the architecture's names and shapes."""
        expected = architecture.weight_shapes
        received = {key: value.shape for key, value in self.items()}
        if received != expected:
            wrong = sorted(key for key in expected.keys() | received.keys() if expected.get(key) != received.get(key))
            raise ValueError(
                f"`weights` do not belong to this architecture. Differing: {', '.join(wrong)}; "
                f"expected: {expected.get(wrong[0])}, received: {received.get(wrong[0])}"
            )

    @property
    def are_finite(self) -> bool:
        """Whether all are numbers; they no longer are where training broke down."""
        return all(np.isfinite(value).all() for value in self.values())

    def digest(self) -> str:
        """What no other weights have: SHA-256 of names, dtypes, shapes and numbers."""
        content = hashlib.sha256()
        for key, value in sorted(self.items()):
            content.update(f"{key} {value.dtype} {value.shape} ".encode() + value.tobytes())
        return content.hexdigest()
