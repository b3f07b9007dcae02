"""A run as one HTML page, to be printed or handed in."""
