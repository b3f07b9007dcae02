"""How good a network is, and whether another one is better or only luckier."""
