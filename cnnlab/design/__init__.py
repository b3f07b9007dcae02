"""What helps to design a network: repairs of a draft, a drawing to scale, the same as a Keras script."""
