"""What is wrong with a run, in words, with the numbers that say so and what to try."""
