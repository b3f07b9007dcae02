"""Training in one process: the loop, the Keras model, and the events that tell of it. Knows no Dask, no Streamlit."""
