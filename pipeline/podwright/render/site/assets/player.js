// Adds to the browser's own player: seeking by chapter and by line, speed, keys, a kept position, links to a moment.

const BACK = 15;
const FORWARD = 30;
const SAVE_EVERY = 5;
const NEAR_END = 10;

const player = document.getElementById("player");
const audio = player.querySelector("audio");
const controls = [...player.querySelectorAll(".controls")];
const status = player.querySelector("[role=status]");
const action = (name) => player.querySelector(`[data-action="${name}"]`);
const speeds = [...action("speed").options].map((option) => Number(option.value));

// What is kept in this browser. It may refuse, which costs the position and nothing else.
const kept = {
  read(name) {
    try { return localStorage.getItem(`podcast:${name}`); } catch { return null; }
  },
  write(name, value) {
    try {
      if (value === null) localStorage.removeItem(`podcast:${name}`);
      else localStorage.setItem(`podcast:${name}`, value);
    } catch { /* private mode, or a full store */ }
  },
};
const place = `at:${player.dataset.id}`;

// Seconds of "90", "1:30" or "1m30s"; null for anything else.
function parseTime(text) {
  if (!text) return null;
  if (/^\d+(\.\d+)?s?$/.test(text)) return Number.parseFloat(text);
  if (/^(\d+:){1,2}\d+(\.\d+)?$/.test(text)) return text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  const parts = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text);
  return parts && parts[0] ? Number(parts[1] ?? 0) * 3600 + Number(parts[2] ?? 0) * 60 + Number(parts[3] ?? 0) : null;
}

function seek(time) {
  const end = Number.isFinite(audio.duration) ? audio.duration : Number.POSITIVE_INFINITY;
  audio.currentTime = Math.min(Math.max(time, 0), end);
}

function toggle() {
  if (audio.paused) audio.play().catch(() => {});
  else audio.pause();
}

function setSpeed(speed) {
  audio.playbackRate = speed;
  action("speed").value = String(speed);
  kept.write("speed", String(speed));
}

function changeSpeed(step) {
  const at = speeds.indexOf(audio.playbackRate);
  setSpeed(speeds[Math.min(Math.max((at < 0 ? speeds.indexOf(1) : at) + step, 0), speeds.length - 1)]);
}

// Chapters and lines, in order of time.
const timed = (selector, name) =>
  [...document.querySelectorAll(selector)].map((element) => ({
    element, start: Number(element.dataset[name]), end: Number(element.dataset.end ?? Number.POSITIVE_INFINITY),
  }));
const chapters = timed(".chapters li", "start");
const lines = timed(".transcript span[data-time]", "time");

// The last of some that has begun and not ended.
function currentOf(entries, time) {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (entries[middle].start <= time) low = middle + 1;
    else high = middle;
  }
  const found = entries[low - 1];
  return found && time < found.end ? found.element : null;
}

let chapter = null;
let line = null;

function mark() {
  const time = audio.currentTime + 0.05;
  const nextChapter = currentOf(chapters, time);
  if (nextChapter !== chapter) {
    chapter?.removeAttribute("aria-current");
    nextChapter?.setAttribute("aria-current", "true");
    chapter = nextChapter;
    describe();
  }
  const nextLine = currentOf(lines, time);
  if (nextLine !== line) {
    line?.classList.remove("current");
    nextLine?.classList.add("current");
    line = nextLine;
    if (line && action("follow")?.checked && !audio.paused) line.scrollIntoView({ block: "center" });
  }
}

// What a lock screen or a headset shows and can do.
function describe() {
  if (!("mediaSession" in navigator)) return;
  const { title, show, author, artwork } = player.dataset;
  const name = chapter?.querySelector("a.seek bdi")?.textContent;
  navigator.mediaSession.metadata = new MediaMetadata({
    title: name ? `${title}: ${name}` : title,
    artist: author,
    album: show,
    artwork: artwork ? [{ src: new URL(artwork, document.baseURI).href }] : [],
  });
}

function offerMediaKeys() {
  if (!("mediaSession" in navigator)) return;
  const handlers = {
    play: () => audio.play(),
    pause: () => audio.pause(),
    seekbackward: (details) => seek(audio.currentTime - (details.seekOffset ?? BACK)),
    seekforward: (details) => seek(audio.currentTime + (details.seekOffset ?? FORWARD)),
    seekto: (details) => seek(details.seekTime),
  };
  for (const [name, handler] of Object.entries(handlers)) {
    try { navigator.mediaSession.setActionHandler(name, handler); } catch { /* this browser lacks that key */ }
  }
}

let saved = 0;

function save() {
  const nearEnd = Number.isFinite(audio.duration) && audio.duration - audio.currentTime < NEAR_END;
  kept.write(place, audio.currentTime > 0 && !nearEnd ? audio.currentTime.toFixed(1) : null);
  saved = audio.currentTime;
}

async function copyLink() {
  const button = action("copy");
  const link = new URL(player.dataset.page);
  link.searchParams.set("t", String(Math.floor(audio.currentTime)));
  try {
    await navigator.clipboard.writeText(link.href);
    status.textContent = button.dataset.done;
  } catch {
    status.textContent = `${button.dataset.failed}: ${link.href}`;
  }
}

const keys = {
  " ": toggle,
  k: toggle,
  j: () => seek(audio.currentTime - BACK),
  l: () => seek(audio.currentTime + FORWARD),
  "<": () => changeSpeed(-1),
  ">": () => changeSpeed(1),
};

document.addEventListener("keydown", (event) => {
  const taken = event.target.closest("a, audio, button, input, select, summary, textarea, [contenteditable]");
  if (event.ctrlKey || event.metaKey || event.altKey || (taken && (event.key === " " || taken.matches("input, select")))) return;
  const handler = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!handler) return;
  event.preventDefault();
  handler();
});

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-time]");
  const modified = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  // A selection of text is no wish to seek.
  if (!target || modified || (target.matches("span") && String(getSelection()))) return;
  event.preventDefault();
  seek(Number(target.dataset.time));
  audio.play().catch(() => {});
});

action("back").addEventListener("click", () => seek(audio.currentTime - BACK));
action("forward").addEventListener("click", () => seek(audio.currentTime + FORWARD));
action("play").addEventListener("click", toggle);
action("copy").addEventListener("click", copyLink);
action("speed").addEventListener("change", (event) => setSpeed(Number(event.target.value)));

const showState = () => {
  const button = action("play");
  button.textContent = audio.paused ? button.dataset.play : button.dataset.pause;
};
audio.addEventListener("play", showState);
audio.addEventListener("pause", () => { showState(); save(); });
audio.addEventListener("ended", save);
audio.addEventListener("seeked", mark);
audio.addEventListener("timeupdate", () => {
  mark();
  if (Math.abs(audio.currentTime - saved) >= SAVE_EVERY && !audio.paused) save();
});
addEventListener("pagehide", () => { if (audio.currentTime > 0) save(); });

const asked = parseTime(new URLSearchParams(location.search).get("t"));
const start = asked ?? Number(kept.read(place) ?? 0);
if (start > 0) {
  seek(start);
  audio.addEventListener("loadedmetadata", () => { if (audio.currentTime < start) seek(start); mark(); }, { once: true });
}
setSpeed(speeds.includes(Number(kept.read("speed"))) ? Number(kept.read("speed")) : 1);
describe();
offerMediaKeys();
for (const row of controls) row.hidden = false;
document.documentElement.classList.add("scripted");
