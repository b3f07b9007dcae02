// Keeps the parts of a visitor's state in the browser, and tells a session that does not know them yet what is kept.
// localStorage has the newest of all tabs, for a new tab to begin with; sessionStorage this tab's own, with which it goes on after a
// reload: so no tab changes another one. A server that sees the cookie waits for what is told.
// @ts-check

/**
 * @typedef {object} Data
 * @property {string} session
 * @property {boolean} isAwaited whether the page waits for what is kept
 * @property {boolean} isTold whether the session knows what is kept
 * @property {boolean} isEmptied whether what was kept before the session is to be forgotten
 * @property {boolean} hasProblem whether the session knows that not all can be kept
 * @property {Record<string, string | null>} parts what has changed after message `since`, up to message `number`; null: it is no more
 * @property {number} since
 * @property {number} number
 */
const PART = "cnnlab/";
const SHARED = `${PART}answer/`; // what was answered in any tab counts in all
const SESSION = "cnnlab-session"; // which session this tab belongs to, and its last message that was kept
const NUMBER = "cnnlab-number";
const COOKIE = "cnnlab-keeps=1; path=/; SameSite=Lax; max-age=31536000"; // a year

/** @param {Storage} storage @returns {[string, string][]} */
const parts = (storage, beginning = PART) => Object.entries(storage).filter(([name]) => name.startsWith(beginning));
/** @param {Storage} storage */
const forget = (storage) => parts(storage).forEach(([name]) => storage.removeItem(name));

addEventListener("storage", ({ key, newValue }) => { // another tab has emptied everything: this one begins anew with its next session
  if (key === `${PART}key` && newValue === null) forget(sessionStorage);
});

/** Make this tab belong to a session. @param {Data} data @returns {object | null} what the session is to be told first */
function join({ session, isAwaited, isTold, isEmptied }) {
  if (sessionStorage.getItem(SESSION) === session) return null;
  if (isEmptied) [localStorage, sessionStorage].forEach(forget);
  const own = parts(sessionStorage);
  const kept = new Map(own.length ? [...parts(localStorage, SHARED), ...own] : parts(localStorage));
  if (!isTold && (isAwaited || kept.size)) {
    kept.forEach((text, name) => sessionStorage.setItem(name, text));
    return { parts: Object.fromEntries([...kept].map(([name, text]) => [name.slice(PART.length), text])) };
  }
  sessionStorage.setItem(SESSION, session);
  sessionStorage.setItem(NUMBER, "0");
  return null;
}

/** @param {string} name @param {string | null} text @returns {boolean} whether there was room */
function write(name, text) {
  try {
    for (const storage of [localStorage, sessionStorage]) text === null ? storage.removeItem(name) : storage.setItem(name, text);
    return true;
  } catch {
    [localStorage, sessionStorage].forEach((storage) => storage.removeItem(name)); // rather nothing than something old
    return false;
  }
}

/** Keep what has changed. @param {Data} data @returns {object | null} what the session is to be told */
function keep(data) {
  const before = join(data);
  const last = Number(sessionStorage.getItem(NUMBER));
  if (before || data.number <= last) return before;
  if (data.since > last) return { since: last }; // a message was lost
  const isKept = Object.entries(data.parts).map(([name, text]) => write(PART + name, text));
  sessionStorage.setItem(NUMBER, `${data.number}`);
  document.cookie = COOKIE;
  return isKept.includes(false) ? { problem: "full" } : null;
}

export default function ({ data, setTriggerValue }) {
  let told;
  try {
    told = keep(data);
  } catch { // this browser lets no page keep anything, or has no room for a line
    told = { problem: "closed" };
  }
  if (told && !(told.problem && data.hasProblem)) setTriggerValue("told", told);
}
