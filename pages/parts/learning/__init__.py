"""The sections of the Learning page that are more than a few lines."""
