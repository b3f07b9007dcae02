"""Where training runs: a Dask cluster, reached by one connection, and the messages on the wire."""
