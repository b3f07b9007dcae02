"""cnnlab: page configuration and navigation, nothing else. Run it with `streamlit run app.py`."""

from pathlib import Path

import streamlit as st

from ui.cached import engine

ABOUT = "A visual playground for convolutional neural networks."
st.set_page_config(page_title="cnnlab", page_icon="ui/icon.png", layout="wide", menu_items={"About": ABOUT})
st.html(Path("ui/page.css"))
engine()  # TensorFlow warms up on the engine while the visitor is still reading
pages = {
    "": [st.Page("app_pages/home.py", title="Home", icon=":material/home:", default=True)],
    "Learn": [
        st.Page("app_pages/learn/pixels.py", title="Pixels and channels", icon=":material/grid_on:"),
        st.Page("app_pages/learn/convolution.py", title="Convolution", icon=":material/filter_center_focus:"),
        st.Page("app_pages/learn/pooling.py", title="Pooling", icon=":material/compress:"),
        st.Page("app_pages/learn/dense.py", title="Dense, dropout, softmax", icon=":material/hub:"),
        st.Page("app_pages/learn/learning.py", title="Learning", icon=":material/school:"),
    ],
    "Lab": [
        st.Page("app_pages/lab/data.py", title="Data", icon=":material/dataset:"),
        st.Page("app_pages/lab/build.py", title="Build", icon=":material/view_column:"),
        st.Page("app_pages/lab/train.py", title="Train", icon=":material/trending_up:"),
        st.Page("app_pages/lab/runs.py", title="Runs", icon=":material/leaderboard:"),
        st.Page("app_pages/lab/experiments.py", title="Experiments", icon=":material/science:"),
        st.Page("app_pages/lab/evaluate.py", title="Evaluate", icon=":material/fact_check:"),
        st.Page("app_pages/lab/look_inside.py", title="Look inside", icon=":material/search:"),
        st.Page("app_pages/lab/draw.py", title="Draw", icon=":material/draw:"),
    ],
}
st.navigation(pages).run()
