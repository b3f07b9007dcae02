// Says what is the matter while the page has no connection to the server; it needs no server itself.
// @ts-check

const LOOK_MS = 500;
const PATIENCE_MS = 5000;
const BLOCKED = "This page does not reach its server. It needs a WebSocket connection, which a proxy or a firewall, as "
  + "schools have them, may hold back: ask whoever looks after the network, or try another network. The page keeps trying.";
const LOST = "The connection to the server is lost; the page keeps trying. What you draw or choose meanwhile is read when it is back; "
  + "buttons have to be pressed again then.";
const LOOK = "position: fixed; z-index: 1000000; inset: auto 0 0 0; padding: 0.75rem 1rem; background: #1B2333; color: #FFFFFF; "
  + "font: 1rem sans-serif; text-align: center; border-top: 2px solid #F08A5D;";

const sentence = document.createElement("div");
sentence.id = "cnnlab-connection";
sentence.setAttribute("role", "alert");
sentence.style.cssText = LOOK;

let wasConnected = false;
let lastSeen = performance.now(); // when there was a connection, or this began

setInterval(() => {
  const app = /** @type {HTMLElement | null} */ (document.querySelector("[data-testid=stApp]"));
  if (app?.dataset.testConnectionState === "CONNECTED") {
    wasConnected = true;
    lastSeen = performance.now();
    sentence.remove();
  } else if (performance.now() - lastSeen > PATIENCE_MS && !sentence.isConnected) {
    document.body.append(sentence);
    sentence.textContent = wasConnected ? LOST : BLOCKED;
  }
}, LOOK_MS);
