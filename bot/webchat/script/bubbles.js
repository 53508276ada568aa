/* How one message looks. Whatever a person or an office wrote is put in as text, never as HTML. */

const ADDRESS = /https?:\/\/[!-~]+/g;
const OPENS = /^(https?:|mailto:|tel:)/i;

/** Makes an element with a class and children. */
function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

/** Draws an entry of the chat; `state` is "unsent", "sent" or "failed" for the person's own. */
function drawMessage(entry, state) {
  const message = make("article", `message ${entry.who}`);
  if (entry.language) message.lang = entry.language;
  const bubble = make("div", "bubble", drawSpeaker(entry));
  for (const file of entry.files || []) bubble.append(file.picture ? drawPicture(file) : drawDocument(file));
  if (entry.text) bubble.append(make("p", "text", ...linkify(entry.text)));
  if (entry.place) bubble.append(make("p", "text place", icon("pin"), say("located")));
  if (entry.refused) bubble.append(make("p", "text", refusal(entry.refused)));
  if (entry.link && OPENS.test(entry.link.url)) bubble.append(drawLink(entry.link));
  bubble.append(drawStamp(entry.at, state));
  message.append(bubble);
  return message;
}

/** Tells whether an entry has nothing to look at, such as the opening of the chat. */
function isBlank(entry) {
  return !(entry.text || entry.files || entry.place || entry.refused || entry.link || entry.options || entry.steering);
}

function drawSpeaker(entry) {
  if (entry.who === "staff") return make("p", "speaker", entry.name ? `${entry.name} · ${say("staff")}` : say("staff"));
  return make("span", "sr", `${say(entry.who === "person" ? "you" : "assistant")}: `);
}

function refusal(name) {
  return say("refused", { name: name === true ? say("photo") : name });
}

/** Cuts a text into plain words and the web addresses in it. */
function linkify(text) {
  const parts = [];
  let done = 0;
  for (let found = ADDRESS.exec(text); found; found = ADDRESS.exec(text)) {
    const url = found[0].replace(/[.,;:!?'")\]>]+$/, "");
    parts.push(text.slice(done, found.index), anchor(url, "", url));
    done = found.index + url.length;
  }
  parts.push(text.slice(done));
  return parts;
}

function anchor(url, className, ...children) {
  const link = make("a", className, ...children);
  link.href = url;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  return link;
}

function drawLink(link) {
  return anchor(link.url, "link", link.label || link.url, icon("open"));
}

function drawPicture(file) {
  const picture = make("img");
  picture.alt = `${say("photo")}: ${file.name}`;
  picture.onload = stayAtEnd;
  picture.src = file.url;
  return anchor(file.url, "picture", picture);
}

function drawDocument(file) {
  const card = make(file.url ? "a" : "div", "file", icon("file"), make("span", "name", file.name));
  if (file.url) {
    card.href = file.url;
    card.download = file.name;
    card.append(make("span", "hint", say("download")));
  }
  return card;
}

function drawStamp(at, state) {
  const when = new Date(at);
  const time = make("time", "", when.toLocaleTimeString(root.lang, { hour: "numeric", minute: "2-digit" }));
  time.dateTime = when.toISOString();
  const stamp = make("small", "stamp", time);
  if (state) stamp.append(...drawState(state));
  return stamp;
}

function drawState(state) {
  return [icon(state), make("span", state === "failed" ? "why" : "sr", say(state))];
}
