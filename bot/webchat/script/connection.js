/* The connection to the server. It is opened again whenever it is lost, each time after a longer wait, and goes on
   where it was: the server is told the last entry the page has. */

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30000;
const ANSWER_TIME = 15000;
const PATIENCE = 2500;
const HEARTBEAT = 30000;

const connection = { socket: null, ready: false, after: 0, tries: 0, retry: 0, deadline: 0, complaint: 0 };

function connect() {
  clearTimeout(connection.retry);
  if (connection.socket) return;
  const address = new URL("chat/live", location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  address.search = address.hash = "";
  const socket = new WebSocket(address.href);
  connection.socket = socket;
  socket.onopen = greet;
  socket.onmessage = (event) => receive(JSON.parse(event.data));
  socket.onclose = (event) => {
    if (event.code === 1009) refuseFirst();
    lose();
  };
  expectAnswer();
}

function greet() {
  transmit({
    hello: { token: kept.getItem(TOKEN), after: connection.after, language: parameters.get("lang") || navigator.language || "" },
  });
}

function transmit(frame) {
  connection.socket.send(JSON.stringify(frame));
}

/** Takes what the server sends. */
function receive(frame) {
  clearTimeout(connection.deadline);
  if (frame.welcome) welcome(frame.welcome);
  if (frame.entries) showEntries(frame.entries);
  if (frame.ack) acknowledge(frame.ack);
  if (frame.refused) refuse(frame.refused);
  if (isUnderWay()) expectAnswer();
}

function welcome({ token }) {
  if (token !== kept.getItem(TOKEN)) beNew(token);
  connection.ready = true;
  showConnected();
  for (const item of unsent.values()) deliver(item);
}

/** Trusts the connection again only once something got through: a message that breaks it must not be sent in a rush. */
function acknowledge(id) {
  connection.tries = 0;
  settle(id);
}

function beNew(token) {
  kept.setItem(TOKEN, token);
  listen();
}

/** Gives up a connection that does not answer: on a phone that changed networks it would hang for minutes. */
function drop() {
  const socket = connection.socket;
  if (!socket) return;
  socket.onopen = socket.onmessage = socket.onclose = null;
  socket.close();
  lose();
}

function lose() {
  connection.socket = null;
  connection.ready = false;
  clearTimeout(connection.deadline);
  stopWaiting();
  const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** connection.tries);
  connection.tries += 1;
  connection.retry = setTimeout(connect, wait * (0.5 + Math.random() / 2));
  if (!connection.complaint) connection.complaint = setTimeout(showOffline, PATIENCE);
}

/** Waits for the server to say something; longer each time, because a slow network is better than none. */
function expectAnswer() {
  clearTimeout(connection.deadline);
  connection.deadline = setTimeout(drop, ANSWER_TIME * (1 + connection.tries));
}

/** Connects at once, without waiting for the next try. */
function connectNow() {
  connection.tries = 0;
  if (!connection.ready) drop();
  connect();
}

/** Asks whether the server still hears us, when the page is looked at again and now and then. */
function check() {
  if (document.hidden) return;
  if (!connection.ready) {
    connectNow();
  } else {
    transmit({ here: { id: newId() } });
    expectAnswer();
  }
}

function showOffline() {
  document.getElementById("status").textContent = say("offline");
  document.getElementById("retry").hidden = false;
}

function showConnected() {
  clearTimeout(connection.complaint);
  connection.complaint = 0;
  document.getElementById("status").textContent = "";
  document.getElementById("retry").hidden = true;
}
