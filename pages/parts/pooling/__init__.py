"""The sections of the Pooling page that are more than a few lines."""
