"""Runs: everything that was trained here, ranked, and a few of them beside each other."""

import streamlit as st

from pages.parts.runs import beside, listing, manage
from ui.frame import begin
from ui.lesson import try_this
from ui.words import plain

begin()

TRAIN = "pages/train.py"

st.title("Runs")
rows = listing.ranked()
if rows:
    st.markdown(f"Tick **2 to {beside.MAX_CHOSEN} runs** to see them beside each other; the best come first.")
    chosen = listing.choose(rows, listing.filtered(rows))
    manage.toolbar(chosen)
    listing.reasons(chosen[: beside.MAX_CHOSEN])
    with st.container(horizontal=True):
        for row in chosen[: beside.MAX_CHOSEN]:
            label, query = f"{plain(row.name)} in Train", {"run": row.info.id}
            st.page_link(TRAIN, label=label, icon=":material/trending_up:", query_params=query)
    if 2 <= len(chosen) <= beside.MAX_CHOSEN:
        st.subheader("Curves")
        beside.curves(chosen)
        st.subheader("What is different?")
        beside.settings(chosen)
        st.subheader("The same 10,000 test digits")
        beside.answers(chosen)
    else:
        st.info(
            f"Tick 2 to {beside.MAX_CHOSEN} runs in the table. Ticked now: {len(chosen)}.", icon=":material/check_box:"
        )
    if len(rows) > 1:
        st.subheader("Is it worth its cost?")
        beside.worth(rows, chosen)
else:
    st.info("No runs yet: train a network, and it is listed here.", icon=":material/leaderboard:")
    st.page_link(TRAIN, label="Train a network", icon=":material/trending_up:")
    manage.toolbar([])
try_this(
    "two runs that differ in one setting, such as the learning rate.",
    "whether the difference is larger than chance would make it.",
)
