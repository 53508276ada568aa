/* A round button on an office's own site that opens the chat there. To use it, put one line into the site's pages:

     <script src="https://chat.example.org/chat/embed.js" data-language="id" data-position="right" async></script>

   data-language: id, ko or en (else the browser's own); data-position: right or left; data-start: a link's code. */

(function () {
  "use strict";

  const WORDS = "$words";
  const SMALL = 480;
  const script = document.currentScript;
  const side = script.dataset.position === "left" ? "left" : "right";
  const language = chooseLanguage(script.dataset.language || document.documentElement.lang || navigator.language);
  const words = WORDS[language];
  const button = document.createElement("button");
  let frame = null;

  function chooseLanguage(tag) {
    const code = tag.slice(0, 2).toLowerCase();
    return code in WORDS ? code : "en";
  }

  function chatAddress() {
    const address = new URL("../chat", script.src);
    address.searchParams.set("embedded", "");
    address.searchParams.set("lang", language);
    if (script.dataset.start) address.searchParams.set("start", script.dataset.start);
    return address;
  }

  function makeButton() {
    const mark = document.createElement("img");
    mark.src = new URL("mark.svg", script.src).href;
    mark.alt = "";
    Object.assign(mark.style, { width: "40px", height: "40px", display: "block" });
    button.type = "button";
    button.append(mark);
    Object.assign(button.style, {
      position: "fixed", bottom: "16px", [side]: "16px", zIndex: "2147483000", width: "60px", height: "60px",
      padding: "10px", border: "1px solid #c9cdd6", borderRadius: "50%", background: "#fff", cursor: "pointer",
      boxShadow: "0 4px 14px rgba(0, 0, 0, .25)",
    });
    button.onclick = () => (isOpen() ? close() : open());
    label();
    document.body.append(button);
  }

  /** The chat is loaded when it is first opened, so that it costs nothing to those who do not need it. */
  function makeFrame() {
    frame = document.createElement("iframe");
    frame.src = chatAddress().href;
    frame.title = words.open;
    frame.allow = "geolocation";
    Object.assign(frame.style, {
      position: "fixed", [side]: "16px", zIndex: "2147483001", border: "0", background: "#fff",
      boxShadow: "0 8px 32px rgba(0, 0, 0, .3)", colorScheme: "light dark",
    });
    fit();
    document.body.append(frame);
  }

  /** Fills a phone's screen; elsewhere the chat stands above the button. */
  function fit() {
    if (!frame) return;
    const small = window.innerWidth <= SMALL || window.innerHeight <= SMALL;
    Object.assign(frame.style, small
      ? { [side]: "0", bottom: "0", width: "100%", height: "100%", maxHeight: "none", borderRadius: "0" }
      : { [side]: "16px", bottom: "88px", width: "390px", height: "640px", maxHeight: "calc(100% - 104px)", borderRadius: "18px" });
  }

  function isOpen() {
    return frame !== null && frame.style.display !== "none";
  }

  function open() {
    if (!frame) makeFrame();
    frame.style.display = "block";
    frame.focus();
    label();
  }

  function close() {
    frame.style.display = "none";
    button.focus();
    label();
  }

  function label() {
    const text = isOpen() ? words.close : words.open;
    button.title = text;
    button.setAttribute("aria-label", text);
    button.setAttribute("aria-expanded", String(isOpen()));
  }

  window.addEventListener("resize", fit);
  window.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isOpen()) close();
  });
  window.addEventListener("message", (event) => {
    const fromChat = frame !== null && event.source === frame.contentWindow;
    if (fromChat && event.data && event.data.kabari === "close" && isOpen()) close();
  });

  makeButton();
})();
