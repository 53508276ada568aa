/* Where the person writes, and the tray of files she is about to send. */

const MEGABYTE = 1024 * 1024;
const text = document.getElementById("text");
const tray = document.getElementById("tray");
const chosen = [];
let byTouch = false;

function submit(event) {
  event.preventDefault();
  const written = text.value.trim();
  notice("");
  if (chosen.length) sendFiles(written);
  else if (written) send("say", { text: written }, { text: written });
  else return;
  text.value = "";
  noteDraft();
}

function sendFiles(caption) {
  const files = chosen.splice(0);
  const previews = files.map(({ name, url, picture }) => ({ name, picture, url: picture ? url : "" }));
  send("upload", { caption }, { text: caption, files: previews }, files);
  drawTray();
}

/** Sends on Enter; Shift+Enter is a new line, and the Enter that ends a Korean syllable is neither. */
function pressKey(event) {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  submit(event);
}

function noteDraft() {
  draft.setItem(DRAFT, text.value);
  grow();
}

/** Gives the field the height of what is in it. */
function grow() {
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight}px`;
  stayAtEnd();
}

/** Says in the empty field what is expected there. */
function expect(placeholder) {
  text.placeholder = placeholder || say("write");
  text.setAttribute("aria-label", say("write"));
}

/** Goes back to writing; not after a touch, because that would open the phone's keyboard over the chat. */
function focusText() {
  if (!byTouch) text.focus();
}

function notice(words) {
  document.getElementById("notice").textContent = words;
}

/* Files to be sent. */

async function addFiles(files) {
  notice("");
  for (const file of files) {
    const problem = problemWith(file);
    if (problem) notice(problem);
    else await addFile(file);
  }
  focusText();
}

function problemWith(file) {
  const count = Number(document.body.dataset.maxFiles);
  if (chosen.length >= count) return say("too_many", { count });
  if (!isPhoto(file) && file.type !== "application/pdf") return say("wrong_type", { name: file.name });
  return "";
}

async function addFile(file) {
  const blob = await shrink(file);
  const name = blob === file ? file.name : file.name.replace(/\.\w+$/, "") + ".jpg";
  const limit = Number(document.body.dataset.maxUpload);
  const weight = chosen.reduce((sum, other) => sum + other.blob.size, blob.size);
  if (weight > limit) {
    notice(say("too_large", { name, limit: Math.floor(limit / MEGABYTE) }));
    return;
  }
  chosen.push({ blob, name, picture: isPhoto(file), url: URL.createObjectURL(blob) });
  drawTray();
}

function drawTray() {
  while (tray.firstChild) tray.firstChild.remove();
  tray.append(...chosen.map(drawChosen));
  tray.hidden = !chosen.length;
  stayAtEnd();
}

function drawChosen(file) {
  const remove = make("button", "remove", icon("close"));
  remove.type = "button";
  remove.setAttribute("aria-label", say("remove", { name: file.name }));
  remove.onclick = () => {
    chosen.splice(chosen.indexOf(file), 1);
    drawTray();
    text.focus();
  };
  if (!file.picture) return make("li", "", icon("file"), make("span", "name", file.name), remove);
  const picture = make("img");
  picture.src = file.url;
  picture.alt = file.name;
  return make("li", "", picture, remove);
}
