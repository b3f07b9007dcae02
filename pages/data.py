"""Data: what a network learns from, before it learns: real digits, how they are split, prepared, varied and spoilt."""

import streamlit as st

from pages.parts.data import alike, augmented, overfitting, permuted, prepared, samples, splitting
from ui.frame import begin
from ui.lesson import try_this

begin()

st.title("Data")
chosen = samples.choose_digit()
try_this(
    "an untidy digit: click it, then look at its look-alikes below.",
    "how little farther away the nearest other digit is: pixels alone do not tell what makes a digit.",
)
st.subheader("Means and look-alikes")
alike.show(chosen)
st.subheader("How they are split")
splitting.show()
st.subheader("From file to network")
prepared.show(chosen)
st.subheader("More from one: augmentation")
augmented.show(chosen)
st.subheader("Too few, or wrongly labelled")
overfitting.show()
st.subheader("Pixels in another order")
permuted.show(chosen)
