"use strict";
/* What the page says, in the language of the chat. The server has put the words into the page. */

const words = JSON.parse(document.getElementById("words").textContent);
const root = document.documentElement;

/** Says one of the page's words, with values put into its {placeholders}. */
function say(name, values = {}) {
  return words[name].replace(/\{(\w+)\}/g, (whole, key) => (key in values ? values[key] : whole));
}

/** Lets the page speak another language, when the chat does. */
async function speak(language) {
  if (!language || language === root.lang) return;
  try {
    const answer = await fetch(`chat/words/${language}.json`);
    if (!answer.ok) return;
    Object.assign(words, await answer.json());
  } catch (error) {
    return; // no connection: the old language will do until the next message
  }
  root.lang = language;
  for (const shown of document.querySelectorAll("[data-word]")) shown.textContent = say(shown.dataset.word);
  for (const shown of document.querySelectorAll("[data-label]")) shown.setAttribute("aria-label", say(shown.dataset.label));
}
