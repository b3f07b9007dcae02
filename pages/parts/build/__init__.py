"""Parts of the Build page. What is edited is `state().draft`; every edit can be taken back."""
