"""The sections of the Convolution page that are more than a few lines."""
