"""Random networks for property tests, as (type, parameters) pairs that both cnnlab and Keras can be given."""

import numpy as np

from cnnlab.nn.layers import LAYERS, Layer

Spec = tuple[str, dict]
ACTIVATIONS = ("linear", "relu", "sigmoid", "tanh", "softmax")
HEAD: Spec = ("Dense", {"units": 10, "activation": "softmax"})


def make(specs: list[Spec]) -> tuple[Layer, ...]:
    return tuple(LAYERS[name](**parameters) for name, parameters in specs)


def valid_specs(rng: np.random.Generator) -> list[Spec]:
    """A network that fits by construction: each window is chosen for the map that is left."""
    side, specs = 28, []
    for _ in range(rng.integers(0, 6)):
        padding = str(rng.choice(["valid", "same"]))
        largest = 11 if padding == "same" else min(11, side)
        match rng.integers(0, 6):
            case 0 | 1:
                dilation = int(rng.integers(1, 4))
                kernel = int(rng.integers(1, 1 + ((largest - 1) // dilation + 1)))
                strides = int(rng.integers(1, 4)) if dilation == 1 else 1
                specs.append(
                    (
                        "Conv2D",
                        {
                            "filters": int(rng.integers(1, 9)),
                            "kernel_size": kernel,
                            "strides": strides,
                            "padding": padding,
                            "dilation_rate": dilation,
                            "activation": str(rng.choice(ACTIVATIONS)),
                            "use_bias": bool(rng.random() < 0.8),
                        },
                    )
                )
                window = (kernel - 1) * dilation + 1
            case 2 | 3:
                window = int(rng.integers(1, 1 + largest))
                strides = None if rng.random() < 0.5 else int(rng.integers(1, 5))
                name = str(rng.choice(["MaxPooling2D", "AveragePooling2D"]))
                specs.append((name, {"pool_size": window, "strides": strides, "padding": padding}))
                strides = strides or window
            case 4:
                specs.append(("BatchNormalization", {}))
                continue
            case _:
                specs.append(("Dropout", {"rate": float(rng.choice([0.0, 0.25, 0.5]))}))
                continue
        side = -(-side // strides) if padding == "same" else (side - window) // strides + 1
    specs.append((str(rng.choice(["Flatten", "GlobalAveragePooling2D"])), {}))
    choices = [
        ("Dense", {"units": int(rng.integers(1, 33)), "activation": str(rng.choice(ACTIVATIONS))}),
        ("Dropout", {"rate": 0.5}),
        ("BatchNormalization", {}),
    ]
    specs += [choices[index] for index in rng.integers(0, 3, size=rng.integers(0, 3))]
    return [*specs, HEAD]


def wild_specs(rng: np.random.Generator) -> list[Spec]:
    """Any layers in any order, with parameters that may be wrong by themselves or together."""

    def layer() -> Spec:
        name = str(rng.choice(list(LAYERS)))
        padding = str(rng.choice(["valid", "same"]))
        match name:
            case "Conv2D":
                return name, {
                    "filters": int(rng.choice([0, 2, 8, 128, 200])),
                    "kernel_size": int(rng.choice([0, 1, 3, 5, 11, 13])),
                    "strides": int(rng.choice([0, 1, 1, 2, 3])),
                    "padding": padding,
                    "dilation_rate": int(rng.choice([0, 1, 1, 1, 2])),
                    "activation": str(rng.choice([*ACTIVATIONS, "nonsense"])),
                }
            case "MaxPooling2D" | "AveragePooling2D":
                return name, {"pool_size": int(rng.choice([0, 2, 3, 9])), "padding": padding}
            case "Dense":
                return name, {"units": int(rng.choice([0, 10, 100, 600])), "activation": str(rng.choice(ACTIVATIONS))}
            case "Dropout":
                return name, {"rate": float(rng.choice([-0.1, 0.0, 0.5, 0.95, 1.5]))}
            case _:
                return name, {}

    specs = [layer() for _ in range(rng.integers(0, 6))]
    return [*specs, ("Flatten", {}), HEAD] if rng.random() < 0.6 else specs
