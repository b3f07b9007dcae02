"""Several runs that answer one question: guided experiments, sweeps, and how they are trained together."""
