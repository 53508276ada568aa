/* What can be tapped under a message: answers, steering (back, skip, help …) and the phone's location. */

const MANY = 12;
const FEW = 6;
const LONG_LABEL = 28;
const SECOND_TAP = 800;

/** Draws the choices of an entry, or nothing where it has none. */
function drawChoices(entry) {
  const options = entry.options || [];
  const steering = entry.steering || [];
  const asksPlace = entry.request === "location" && canLocate();
  if (!options.length && !steering.length && !asksPlace) return null;
  const choices = make("div", "choices");
  choices.setAttribute("role", "group");
  choices.setAttribute("aria-label", say("choices"));
  if (entry.language) choices.lang = entry.language;
  if (asksPlace) choices.append(drawLocate(entry.request_label || say("locate")));
  if (options.length) choices.append(...drawOptions(options));
  if (steering.length) choices.append(make("div", "steering", ...steering.map((option) => drawOption(option, "steer"))));
  return choices;
}

function drawOptions(options) {
  const ticks = options.some((option) => option.ticked);
  const buttons = options.map((option) => drawOption(option, "option", ticks));
  const inRows = options.length > MANY || options.some((option) => option.description || option.label.length > LONG_LABEL);
  const list = make("div", inRows ? "options rows" : "options", ...buttons);
  if (options.length <= MANY) return [list];
  list.classList.add("many");
  return [drawFilter(buttons), list];
}

function drawOption(option, className, ticks) {
  const button = make("button", className, make("span", "", option.label));
  button.type = "button";
  if (ticks) {
    button.setAttribute("aria-pressed", String(Boolean(option.ticked)));
    if (option.ticked) button.prepend(icon("sent"));
  }
  if (option.description) button.append(make("small", "", option.description));
  button.onclick = () => tap(button, option);
  return button;
}

/** Sends a tap; a second one on the same choices right after it is a slip of the finger. */
function tap(button, option) {
  const choices = button.closest(".choices");
  if (Date.now() - Number(choices.dataset.tapped || 0) < SECOND_TAP) return;
  choices.dataset.tapped = Date.now();
  send("tap", { option: option.id, label: option.label }, { text: option.label });
  focusText();
}

function drawFilter(buttons) {
  const field = make("input", "filter");
  const nothing = make("p", "hint", say("nothing"));
  field.type = "search";
  field.placeholder = say("filter");
  field.setAttribute("aria-label", say("filter"));
  nothing.setAttribute("role", "status");
  nothing.hidden = true;
  field.oninput = () => {
    const wanted = field.value.trim().toLocaleLowerCase();
    for (const button of buttons) button.hidden = !button.textContent.toLocaleLowerCase().includes(wanted);
    nothing.hidden = buttons.some((button) => !button.hidden);
  };
  return make("div", "search", field, nothing);
}

/** Folds away what makes older choices long; all of them can still be tapped. */
function retire(choices) {
  choices.classList.add("old");
  const options = choices.querySelectorAll(".option").length;
  const folded = Array.from(choices.children).filter((part) => options > FEW || part.matches(".steering"));
  if (!folded.length) return;
  const summary = make("summary", "", say("earlier"));
  choices.append(make("details", "", summary, ...folded));
}

function canLocate() {
  return window.isSecureContext && "geolocation" in navigator;
}

function drawLocate(label) {
  const button = make("button", "option", icon("pin"), make("span", "", label));
  button.type = "button";
  button.onclick = () => navigator.geolocation.getCurrentPosition(sendPlace, () => notice(say("lost")), { timeout: 20000 });
  return button;
}

function sendPlace({ coords }) {
  send("location", { latitude: coords.latitude, longitude: coords.longitude }, { place: true });
  focusText();
}
