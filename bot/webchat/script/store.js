/* What the browser keeps: the token, what is not sent yet, and the draft. Where it may keep nothing (some browsers
   forbid it to a page inside another site), a list in memory stands in until the page is closed. */

const kept = openStore("localStorage");
const draft = openStore("sessionStorage");
const TOKEN = "kabari.token";
const UNSENT = "kabari.unsent.";
const DRAFT = "kabari.draft";

function openStore(area) {
  try {
    const store = window[area];
    store.setItem("kabari.try", "");
    store.removeItem("kabari.try");
    return store;
  } catch (error) {
    return memoryStore();
  }
}

function memoryStore() {
  const values = new Map();
  return {
    get length() { return values.size; },
    key: (index) => Array.from(values.keys())[index],
    getItem: (key) => (values.has(key) ? values.get(key) : null),
    setItem: (key, value) => values.set(key, value),
    removeItem: (key) => values.delete(key),
  };
}

/** Lists the keys of a store that begin in a certain way. */
function keysOf(store, beginning) {
  const keys = [];
  for (let index = 0; index < store.length; index += 1) keys.push(store.key(index));
  return keys.filter((key) => key.startsWith(beginning));
}

/** Makes an id that nobody else makes: a random UUID. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
