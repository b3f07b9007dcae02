"""How pages talk to Streamlit: colours, figures, components, session state."""
