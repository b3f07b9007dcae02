"""What a person sees: a script for each page, its sections in `pages.parts`."""
