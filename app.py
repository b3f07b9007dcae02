"""cnnlab. Run it with `streamlit run app.py`."""

import streamlit as st

from ui import frame, server

if __name__ == "__main__":
    frame.run()  # a visitor's page
else:
    app = st.App(__file__, routes=server.routes(), lifespan=server.lifespan)  # Streamlit finds the server by this line
