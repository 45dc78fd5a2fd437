// Searches the index that lies beside the page: a file a shelf for each word. It does as site/search.py does.

const UNSPACED = /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{323af}]+/gu;
const SHOWN = 20;
const cached = new Map();

export function words(text) {
  const plain = text.normalize("NFKD").toLowerCase().replace(/[\u0300-\u036f]+/g, "").replaceAll("ς", "σ");
  return (plain.match(/[\p{L}\p{N}\p{M}]+/gu) ?? []).flatMap(parts).filter((word) => [...word].length <= 40);
}

function parts(run) {
  const found = [];
  let at = 0;
  for (const match of run.matchAll(UNSPACED)) {
    if (match.index > at) found.push(run.slice(at, match.index));
    const chars = [...match[0]];
    // A pair says more than its characters, which are asked for only where there is no pair.
    found.push(...(chars.length === 1 ? chars : chars.slice(1).map((char, index) => chars[index] + char)));
    at = match.index + match[0].length;
  }
  if (at < run.length) found.push(run.slice(at));
  return found;
}

function shelves(count, levels) {
  const found = [];
  let start = 0;
  for (const [size, buckets] of levels) {
    for (; count - start >= size; start += size) found.push({ start, buckets });
  }
  if (start < count) found.push({ start, buckets: 1 });
  return found;
}

function bucket(word, buckets) {
  const [first, second] = [...word].map((char) => char.codePointAt(0));
  return (first * 31 + (second ?? 0)) % buckets;
}

function load(path) {
  if (!cached.has(path)) {
    const asked = fetch(path).then((answer) => {
      if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
      return answer.json();
    });
    asked.catch(() => cached.delete(path));
    cached.set(path, asked);
  }
  return cached.get(path);
}

// The weight of every episode that has the word, or one that begins with it.
async function weigh(word, places) {
  const weights = new Map();
  await Promise.all(places.map(async ({ start, buckets }) => {
    const known = await load(`${start}/${buckets}-${bucket(word, buckets)}.json`);
    for (const [name, postings] of Object.entries(known)) {
      if (name !== word && !([...word].length > 1 && name.startsWith(word))) continue;
      let number = start;
      for (let at = 0; at < postings.length; at += 2) {
        number += postings[at];
        const weight = postings[at + 1] * (name === word ? 1 : 0.5);
        weights.set(number, Math.max(weights.get(number) ?? 0, weight));
      }
    }
  }));
  return weights;
}

async function rank(asked, count, levels) {
  const places = shelves(count, levels);
  const found = await Promise.all(asked.map((word) => weigh(word, places)));
  const total = new Map();
  for (const number of found[0]?.keys() ?? []) {
    if (!found.every((weights) => weights.has(number))) continue;
    const sum = found.reduce((so_far, weights) => so_far + weights.get(number) * Math.log(1 + count / weights.size), 0);
    total.set(number, sum);
  }
  // Of equals the newest first.
  return [...total].sort(([a, x], [b, y]) => y - x || b - a).map(([number]) => number);
}

function element(name, text, kind) {
  const made = document.createElement(name);
  made.textContent = text;
  made.dir = "auto";
  if (kind) made.className = kind;
  return made;
}

function shown([key, title, facts, summary]) {
  const item = document.createElement("li");
  const heading = document.createElement("h3");
  const link = element("a", title);
  link.href = "../" + key.split("/").map(encodeURIComponent).join("/");
  heading.append(link);
  item.append(heading, element("p", facts, "meta"));
  if (summary) item.append(element("p", summary));
  return item;
}

function start(form) {
  const field = form.elements.q;
  const status = document.getElementById("search-status");
  const results = document.getElementById("search-results");
  const more = document.getElementById("search-more");
  const { count, levels, records, none, some, failed } = form.dataset;
  let turn = 0;
  let ranked = [];

  async function show(from, mine) {
    const page = ranked.slice(from, from + SHOWN);
    const told = await Promise.all(page.map(async (number) => {
      const file = await load(`episodes-${Math.floor(number / records)}.json`);
      return file[number % records];
    }));
    if (mine !== turn) return;
    if (from === 0) results.replaceChildren();
    results.append(...told.filter(Boolean).map(shown));
    more.hidden = from + SHOWN >= ranked.length;
  }

  async function search() {
    const mine = ++turn;
    const asked = [...new Set(words(field.value))];
    const address = new URL(location.href);
    if (field.value) address.searchParams.set("q", field.value);
    else address.searchParams.delete("q");
    history.replaceState(null, "", address);
    try {
      const found = await rank(asked, Number(count), JSON.parse(levels));
      if (mine !== turn) return;
      ranked = found;
      await show(0, mine);
      if (mine !== turn) return;
      status.textContent = asked.length === 0 ? "" : ranked.length ? some.replace("{count}", ranked.length) : none;
    } catch {
      if (mine === turn) status.textContent = failed;
    }
  }

  let waiting;
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(search, 200);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    search();
  });
  more.addEventListener("click", async () => {
    const before = results.children.length;
    try {
      await show(before, turn);
      results.children[before]?.querySelector("a").focus();
    } catch {
      status.textContent = failed;
    }
  });
  form.hidden = false;
  field.value = new URLSearchParams(location.search).get("q") ?? "";
  if (field.value) search();
}

const form = document.getElementById("search");
if (form) start(form);
