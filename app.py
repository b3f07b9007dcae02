"""cnnlab. Run it with `streamlit run app.py`."""

from ui import frame

frame.run()
