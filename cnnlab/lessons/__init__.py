"""What the Learn pages show: kernels with names, optimizers step by step, two small problems, recorded runs."""
