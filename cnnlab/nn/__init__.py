"""A network as a value and as arithmetic: layers, shapes and costs, the operations in NumPy, and the way back."""
