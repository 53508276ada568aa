/* The chat itself: entries in their order, then what is not confirmed yet, then the sign that an answer is coming. */

const NEAR_END = 80;
const TYPING_TIME = 10000;

const log = document.getElementById("log");
const entriesShown = document.getElementById("history");
const unsentShown = document.getElementById("unsent");
const typing = document.getElementById("typing");
const newest = document.getElementById("newest");
const shown = { day: "", who: "", choices: null, byStaff: false, typing: 0, atEnd: true, begun: false };

/** Shows entries the page does not have yet, and brings the first new one into view. */
function showEntries(entries) {
  const first = entries.filter((entry) => entry.n > connection.after).map(showEntry).find((drawn) => drawn);
  document.getElementById("loading").hidden = true;
  if (!shown.begun) {
    shown.begun = true;
    toEnd();
    setTimeout(listen, 500);
  } else if (first) {
    reveal(first);
  }
}

function showEntry(entry) {
  connection.after = entry.n;
  const waiting = takeUnsent(entry);
  if (entry.who !== "person") hideTyping();
  if (isBlank(entry)) return null;
  reuse(entry, waiting);
  showDay(entry.at);
  const drawn = drawMessage(entry, entry.who === "person" ? "sent" : "");
  const choices = drawChoices(entry);
  if (entry.who !== "person") followChoices(entry, choices);
  if (choices) drawn.append(choices);
  if (entry.who !== shown.who) drawn.classList.add("first");
  shown.who = entry.who;
  entriesShown.append(drawn);
  return entry.who === "person" ? null : drawn;
}

/** Lets older choices step back when there are newer ones, or when the chat has gone on. */
function followChoices(entry, choices) {
  shown.byStaff = entry.who === "staff";
  speak(entry.language);
  expect(entry.placeholder);
  if (shown.choices && (choices || shown.who === "person")) {
    retire(shown.choices);
    shown.choices = null;
  }
  if (choices) shown.choices = choices;
}

function showDay(at) {
  const day = new Date(at).toDateString();
  if (day === shown.day) return;
  shown.day = day;
  shown.who = "";
  entriesShown.append(make("p", "day", nameDay(new Date(at))));
}

function nameDay(date) {
  const daysAgo = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 86400000);
  if (daysAgo === 0) return say("today");
  if (daysAgo === 1) return say("yesterday");
  return date.toLocaleDateString(root.lang, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
}

/* What is not confirmed yet. */

function showUnsent(item) {
  const entry = Object.assign({ who: "person", at: item.at }, item.shown);
  if (isBlank(entry)) return;
  const drawn = drawMessage(entry, "unsent");
  drawn.id = `unsent-${item.id}`;
  drawn.previews = entry.files;
  unsentShown.append(drawn);
  toEnd();
}

function markUnsent(id, state) {
  const drawn = document.getElementById(`unsent-${id}`);
  if (!drawn) return;
  const stamp = drawn.querySelector(".stamp");
  const progress = drawn.querySelector("progress");
  if (progress) progress.remove();
  while (stamp.children.length > 1) stamp.lastChild.remove();
  stamp.append(...drawState(state));
}

function showProgress(id, percent) {
  const stamp = document.querySelector(`#unsent-${id} .stamp`);
  if (!stamp) return;
  const progress = stamp.parentNode.querySelector("progress") || make("progress");
  progress.max = 100;
  progress.value = percent;
  progress.setAttribute("aria-label", say("uploading", { percent }));
  stamp.before(progress);
}

/** Takes away the waiting picture of an entry that has now come back from the server. */
function takeUnsent(entry) {
  if (entry.who !== "person") return null;
  settle(entry.key);
  const drawn = document.getElementById(`unsent-${entry.key}`);
  if (drawn) drawn.remove();
  return drawn;
}

/** Shows pictures from the phone itself that were sent from here: they need not be fetched again. */
function reuse(entry, waiting) {
  const previews = (waiting && waiting.previews) || [];
  if (!entry.files || previews.length !== entry.files.length) return;
  entry.files.forEach((file, index) => {
    if (file.picture) file.url = previews[index].url;
  });
}

/* The sign that an answer is coming. */

function showTyping() {
  clearTimeout(shown.typing);
  if (shown.byStaff) return; // people take their time

  typing.hidden = false;
  shown.typing = setTimeout(hideTyping, TYPING_TIME);
  stayAtEnd();
}

function hideTyping() {
  clearTimeout(shown.typing);
  typing.hidden = true;
}

/* Reading aloud: what was there before is not read, what comes from now on is. */

function listen() {
  log.setAttribute("aria-live", "polite");
}

/* Scrolling. */

function toEnd() {
  log.scrollTop = log.scrollHeight;
  newest.hidden = true;
}

function stayAtEnd() {
  if (shown.atEnd) toEnd();
}

function noteScroll() {
  shown.atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END;
  if (shown.atEnd) newest.hidden = true;
}

/** Brings a new message into view from its beginning; who reads further up is only told of it. */
function reveal(message) {
  if (!shown.atEnd) {
    newest.hidden = false;
    return;
  }
  log.scrollTop = Math.min(log.scrollHeight - log.clientHeight, message.offsetTop - log.offsetTop - 12);
}
