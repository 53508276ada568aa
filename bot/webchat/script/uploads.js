/* Photos and documents: made smaller on the phone, then sent with their progress shown. */

const LONGEST_SIDE = 2000;
const SMALL_ENOUGH = 500000;
const QUALITY = 0.85;
const UPLOAD_TIME = 300000;
const TRY_AGAIN = 10000;

function isPhoto(file) {
  return /^image\/(jpeg|png|webp)$/.test(file.type);
}

/** Makes a big photo smaller, to save the person's data; what cannot be made smaller is left as it is. */
async function shrink(file) {
  if (!isPhoto(file) || !turnsPhotos()) return file;
  try {
    const photo = await load(file);
    const scale = Math.min(1, LONGEST_SIDE / Math.max(photo.naturalWidth, photo.naturalHeight));
    if (scale === 1 && file.size <= SMALL_ENOUGH) return file;
    const smaller = await redraw(photo, scale);
    return smaller && smaller.size < file.size ? smaller : file;
  } catch (error) {
    return file;
  }
}

/** Tells whether the browser heeds which way up a photo was taken; one that does not would send it lying on its side. */
function turnsPhotos() {
  return CSS.supports("image-orientation", "from-image");
}

function load(file) {
  return new Promise((resolve, reject) => {
    const photo = new Image();
    photo.onload = () => resolve(photo);
    photo.onerror = reject;
    photo.src = URL.createObjectURL(file);
  });
}

function redraw(photo, scale) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(photo.naturalWidth * scale);
  canvas.height = Math.round(photo.naturalHeight * scale);
  const brush = canvas.getContext("2d");
  brush.fillStyle = "#fff";
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.drawImage(photo, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(photo.src);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
}

/** Uploads the files of one message; where the network fails, it is tried again until it works. */
function upload(item) {
  if (item.request) return;
  const form = new FormData();
  form.append("id", item.id);
  form.append("caption", item.fields.caption);
  for (const file of item.files) form.append("file", file.blob, file.name);
  const request = new XMLHttpRequest();
  item.request = request;
  request.open("POST", "chat/upload");
  request.setRequestHeader("Authorization", `Bearer ${kept.getItem(TOKEN)}`);
  request.timeout = UPLOAD_TIME;
  request.upload.onprogress = (event) => showProgress(item.id, Math.round((100 * event.loaded) / event.total));
  request.onloadend = () => finish(item, request.status);
  request.send(form);
}

function finish(item, status) {
  item.request = null;
  if (status >= 200 && status < 300) {
    settle(item.id);
    showTyping();
  } else if (status >= 400 && status < 500) {
    refuse(item.id);
  } else {
    setTimeout(() => unsent.has(item.id) && deliver(item), TRY_AGAIN);
  }
}
