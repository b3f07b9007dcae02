"""Evaluate: how good a network is on digits that it has never seen, and where it goes wrong."""

import streamlit as st

from pages.parts.evaluate import distorted, measures, mixed_up, source, take_along, telling
from ui.frame import begin
from ui.networks import choose_network

begin()

st.title("Evaluate")
network = choose_network()
reading = source.reading(network)
if reading is not None:
    measures.summary(reading)
    st.subheader("What is mixed up")
    mixed_up.show(reading)
    st.subheader("The most telling digits")
    telling.show(reading)
    if reading.of_mnist:
        st.subheader("Turned, shifted, blurred, disturbed")
        distorted.show(reading)
    st.subheader("Digit by digit")
    measures.digit_by_digit(reading)
    st.subheader("How sure, and how often right?")
    measures.reliability(reading)
    if reading.of_mnist:
        st.subheader("How the training went, and a report to take along")
        take_along.show(reading)
