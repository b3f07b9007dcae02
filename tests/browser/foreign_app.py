"""A page that shows texts of others in every place where Streamlit reads Markdown."""

import streamlit as st

from tests.browser.foreign_texts import TEXTS
from ui.words import message, plain

for number, text in enumerate(TEXTS):
    with st.container(key=f"text-{number}"):
        st.markdown(plain(text))
        st.markdown(f"**{plain(text)}** :red-badge[{plain(text)}]")
        st.caption(plain(text))
        st.error(message(text), icon=":material/error:")
        st.page_link("https://localhost", label=plain(text))
        st.checkbox(plain(text), key=f"box-{number}")
        st.progress(0.5, plain(text))
        st.table({plain(text): [plain(text)]})
        with st.expander(plain(text)):
            pass
st.toast(plain(TEXTS[0]), duration="infinite")
