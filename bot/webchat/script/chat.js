/* Where the page begins: its parts are joined to what the person does. */

const parameters = new URLSearchParams(location.search);

/** Opens the chat for someone new, or for whoever came through a link that says what for. */
function begin() {
  const payload = parameters.get("start");
  const isNew = kept.getItem(TOKEN) === null;
  const isUnderWay = Array.from(unsent.values()).some((item) => item.act === "start" && item.fields.payload === (payload || ""));
  if ((isNew || payload !== null) && !isUnderWay) send("start", { payload: payload || "" }, {});
  parameters.delete("start");
  const rest = parameters.toString();
  history.replaceState(null, "", location.pathname + (rest ? `?${rest}` : ""));
}

/** Forgets on this device who was chatting. */
function forget() {
  for (const key of keysOf(kept, "kabari.")) kept.removeItem(key);
  draft.removeItem(DRAFT);
  location.reload();
}

function closeFrame() {
  window.parent.postMessage({ kabari: "close" }, "*");
}

function pressEscape(event) {
  const about = document.getElementById("about");
  if (event.key !== "Escape") return;
  if (about.open) {
    about.open = false;
    about.querySelector("summary").focus();
  } else if (parameters.has("embedded")) {
    closeFrame();
  }
}

/** Asks before the page is left while files are on their way: they are not kept for a later visit. */
function warnBeforeLeaving(event) {
  if (!Array.from(unsent.values()).some((item) => item.files)) return;
  event.preventDefault();
  event.returnValue = "";
}

function on(id, event, action) {
  document.getElementById(id).addEventListener(event, action);
}

on("composer", "submit", submit);
on("text", "keydown", pressKey);
on("text", "input", noteDraft);
on("text", "paste", (event) => addFiles(Array.from(event.clipboardData.files)));
on("send", "pointerdown", (event) => event.preventDefault()); // the phone's keyboard stays where it is
on("files", "change", (event) => {
  addFiles(Array.from(event.target.files));
  event.target.value = "";
});
on("log", "scroll", noteScroll);
on("newest", "click", toEnd);
on("retry", "click", connectNow);
on("forget", "click", forget);
on("close", "click", closeFrame);

document.addEventListener("pointerdown", (event) => { byTouch = event.pointerType === "touch"; }, true);
document.addEventListener("keydown", () => { byTouch = false; }, true);
document.addEventListener("keydown", pressEscape);
document.addEventListener("visibilitychange", check);
window.addEventListener("beforeunload", warnBeforeLeaving);
window.addEventListener("online", check);
window.addEventListener("offline", showOffline);
window.addEventListener("resize", grow);
setInterval(() => connection.ready && check(), HEARTBEAT);

document.getElementById("close").hidden = !parameters.has("embedded");
text.value = draft.getItem(DRAFT) || "";
grow();
if (matchMedia("(hover: hover)").matches) text.focus();
recall();
begin();
connect();
