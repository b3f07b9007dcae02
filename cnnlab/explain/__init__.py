"""Looking inside a network: why it answers as it does, what its units look for, and how it became so."""
