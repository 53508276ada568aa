/* What the person did and the server has not confirmed. It is kept, sent again with the same id after every loss of the
   connection, and taken only once by the server. */

const unsent = new Map();

/** Sends something the person did: now if there is a connection, else later. `shown` is how it looks meanwhile. */
function send(act, fields, shown, files) {
  const item = { id: newId(), at: Date.now(), act, fields, shown };
  if (files) item.files = files;
  else keep(item);
  unsent.set(item.id, item);
  showUnsent(item);
  deliver(item);
}

function keep(item) {
  try {
    kept.setItem(UNSENT + item.id, JSON.stringify(item));
  } catch (error) {
    // the browser's store is full: the message is still sent while the page is open
  }
}

function deliver(item) {
  if (!connection.ready || item.failed) return;
  if (item.files) {
    upload(item);
    return;
  }
  item.underWay = true;
  transmit({ [item.act]: Object.assign({ id: item.id }, item.fields) });
  expectAnswer();
  showTyping();
}

/** Notes that the server has taken something for good. */
function settle(id) {
  if (!unsent.delete(id)) return;
  kept.removeItem(UNSENT + id);
  markUnsent(id, "sent");
}

/** Notes that the server will not take something, ever. */
function refuse(id) {
  const item = unsent.get(id);
  if (!item) return;
  unsent.delete(id);
  kept.removeItem(UNSENT + id);
  markUnsent(id, "failed");
  hideTyping();
}

function refuseFirst() {
  for (const item of unsent.values()) {
    if (item.underWay) {
      refuse(item.id);
      return;
    }
  }
}

function isUnderWay() {
  return Array.from(unsent.values()).some((item) => item.underWay);
}

function stopWaiting() {
  for (const item of unsent.values()) item.underWay = false;
  hideTyping();
}

/** Takes up what an earlier visit could not send. */
function recall() {
  const items = keysOf(kept, UNSENT).map((key) => JSON.parse(kept.getItem(key)));
  for (const item of items.sort((one, other) => one.at - other.at)) {
    item.underWay = false;
    unsent.set(item.id, item);
    showUnsent(item);
  }
}
