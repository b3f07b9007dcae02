// @ts-check
// A page that comes from another computer by plain http has no clipboard, which every copy button needs. Here the old way
// stands in: what is to be copied is selected, and copied if the browser lets us; a word says what is left to do.
if (!navigator.clipboard) {
  const said = document.createElement("output");
  said.className = "said";

  /** @param {string} text */
  const writeText = async (text) => {
    const pressed = /** @type {Element} */ (window.event?.target);
    const shown = pressed?.closest("[data-testid=stCode]")?.querySelector("code");
    if (shown) getSelection()?.selectAllChildren(shown);
    const copy = (/** @type {ClipboardEvent} */ event) => {
      event.clipboardData?.setData("text/plain", text);
      event.preventDefault();
    };
    document.addEventListener("copy", copy);
    const isCopied = document.execCommand("copy");
    document.removeEventListener("copy", copy);
    document.body.append(said);
    said.textContent = isCopied ? "Copied." : "Selected. Copy it with Ctrl+C, or ⌘C on a Mac.";
    setTimeout(() => said.remove(), 5000);
    if (!isCopied) throw new Error("The browser does not let a page copy");
  };
  Object.defineProperty(navigator, "clipboard", { value: { writeText } });
}
