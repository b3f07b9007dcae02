"""What is kept on disk: every run in a folder of its own, as archives, and one's own handwriting."""
