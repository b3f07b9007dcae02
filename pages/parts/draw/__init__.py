"""The parts of the Draw page: where a digit comes from, and what is done with it once it is read."""
