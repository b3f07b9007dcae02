"""Texts that Markdown, or Streamlit's own additions to it, would make something of."""

TEXTS = (
    "*x* $a$ [b](http://127.0.0.1:9) ![c](http://127.0.0.1:9/x.png) :red[d]",
    "# no heading",
    "1. no list",
    "- no list",
    "> no quotation",
    "--- no line -- -> <- <-> >= <= ~= ~~gone~~ __bold__ _thin_ snake_case **",
    ":material/home: :streamlit: :smile: :+1: :red-badge[e] ::leaf[f] :small[] 12:30:45 :100:",
    "https://127.0.0.1:9/y www.127.com WWW.c.io d@e.io <http://127.0.0.1:9> <b>g</b> <img src=http://127.0.0.1:9/z>",
    "`no code` $$x$$ \\(y\\) \\ &amp; &#42; | a | b | [^1] [h]: http://127.0.0.1:9",
    "=== {.a} ^up^ ==mark== \"quotes\" 'single' (c) ... ; % @me #tag",
)
