"""cnnlab: page configuration and navigation, nothing else. Run it with `streamlit run app.py`."""

import streamlit as st

from ui.cached import engine

ABOUT = "A visual playground for convolutional neural networks."
st.set_page_config(page_title="cnnlab", page_icon="ui/icon.png", layout="wide", menu_items={"About": ABOUT})
engine()  # TensorFlow warms up on the engine while the visitor is still reading
pages = {
    "": [st.Page("app_pages/home.py", title="Home", icon=":material/home:", default=True)],
    "Lab": [
        st.Page("app_pages/lab/build.py", title="Build", icon=":material/view_column:"),
        st.Page("app_pages/lab/train.py", title="Train", icon=":material/trending_up:"),
        st.Page("app_pages/lab/look_inside.py", title="Look inside", icon=":material/search:"),
        st.Page("app_pages/lab/draw.py", title="Draw", icon=":material/draw:"),
    ],
}
st.navigation(pages).run()
