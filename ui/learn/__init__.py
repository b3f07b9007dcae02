"""The sections of the Learn pages that are more than a few lines; a page puts them in order."""
