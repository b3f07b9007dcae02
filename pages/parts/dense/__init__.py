"""The sections of the Dense page that are more than a few lines."""
