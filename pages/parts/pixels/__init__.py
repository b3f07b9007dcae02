"""The sections of the Pixels page that are more than a few lines."""
