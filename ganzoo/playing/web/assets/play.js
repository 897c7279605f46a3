// The controls: what they say is the address of a picture, which is fetched, shown and kept.
(() => {
  "use strict";
  const told = JSON.parse(document.getElementById("play-data").textContent);
  const form = document.getElementById("controls");
  const field = (name) => form.elements.namedItem(name);
  const picture = document.getElementById("picture");
  const figure = picture.parentElement;
  const said = document.getElementById("said");
  const save = document.getElementById("save");
  const walkButton = document.getElementById("walk");
  const MOST_KEPT = 240, PAUSE_MS = 40, PATIENCE_MS = 300;
  const kept = new Map();  // address -> object URL; the oldest first
  let wanted = null, drawing = false, walking = false, direction = 1;

  // At its ends a walk is one seed's own picture: the same address, fetched once.
  function wish() {
    const place = Number(field("place").value);
    const words = { seed: field("seed").value, count: field("count").value, truncation: field("truncation").value };
    if (place === told.steps) words.seed = field("to").value;
    else if (place > 0) Object.assign(words, { to: field("to").value, share: String(place / told.steps) });
    if (field("label") && field("label").value !== "") words.label = field("label").value;
    return words;
  }

  function described(words) {
    const parts = [words.count === "1" ? "1 image" : `${words.count} images`];
    if (words.label) parts.push(`of ${field("label").querySelector(`[value="${words.label}"]`).textContent}`);
    const far = words.share ? `, ${Math.round(100 * words.share)} % of the way to seed ${words.to}` : "";
    parts.push(`from seed ${words.seed}${far}`);
    return parts.join(" ") + (words.truncation === "1" ? "" : `, truncation ${words.truncation}`);
  }

  async function fetched(address) {
    if (kept.has(address)) return kept.get(address);
    const answer = await fetch(address).catch(() => null);
    if (answer === null) throw new Error("nobody answers: `ganzoo play` has ended");
    if (!answer.ok) throw new Error(await answer.text());
    const url = URL.createObjectURL(await answer.blob());
    await decoded(url);
    kept.set(address, url);
    if (kept.size > MOST_KEPT) {
      const [oldest, old] = kept.entries().next().value;
      kept.delete(oldest);
      URL.revokeObjectURL(old);
    }
    return url;
  }

  // Decoded before it is shown, so that a walk on a slow machine shows each picture instead of none.
  async function decoded(url) {
    const image = new Image();
    image.src = url;
    await image.decode();
  }

  function show(words, url) {
    picture.src = url;
    picture.alt = described(words);
    said.textContent = described(words);
    save.href = url;
    save.download = `seed${words.seed}${words.share ? `-to-seed${words.to}` : ""}.png`;
    save.hidden = false;
  }

  // One picture is drawn at a time; of what is wished meanwhile the last wish counts.
  async function draw() {
    tell();
    wanted = form.checkValidity() ? wish() : null;
    if (wanted === null) {
      halt();
      said.textContent = "a seed is a whole number from 0 on";
      return;
    }
    if (drawing) return;
    drawing = true;
    const busy = setTimeout(() => {
      if (wanted !== null) said.textContent = "drawing …";
      figure.setAttribute("aria-busy", "true");
    }, PATIENCE_MS);
    try {
      for (let done = null; wanted !== null && wanted !== done;) {
        done = wanted;
        const url = await fetched(`picture?${new URLSearchParams(done)}`);
        if (wanted === done || (walking && wanted !== null)) show(done, url);
      }
    } catch (error) {
      said.textContent = error.message;
      halt();
    } finally {
      clearTimeout(busy);
      figure.setAttribute("aria-busy", "false");
      drawing = false;
    }
  }

  // What the controls say beside themselves, in the address bar and as commands.
  function tell() {
    form.querySelector("output[for=truncation]").textContent = field("truncation").value;
    const place = Number(field("place").value);
    const way = `${Math.round((100 * place) / told.steps)} %`;
    form.querySelector("output[for=place]").textContent = way;
    field("place").setAttribute("aria-valuetext", `${way} of the way`);
    const truncation = field("truncation").value === "1" ? "" : ` --truncation ${field("truncation").value}`;
    const label = field("label") ? field("label").value : "";
    const of = label === "" ? "" : ` --class ${told.classes[Number(label)]}`;
    const rest = ` -n ${field("count").value}${truncation}${of}`;
    document.getElementById("commands").textContent =
      `ganzoo sample ${told.run} --grid --seed ${field("seed").value}${rest}\n` +
      `ganzoo interpolate ${told.run} --seeds ${field("seed").value},${field("to").value}${rest}`;
    history.replaceState(null, "", `#${new URLSearchParams(new FormData(form))}`);
  }

  // What an address does not say is as at first, so that it shows the same wherever it is opened.
  function remember() {
    form.reset();
    for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
      const control = field(name);
      if (!control || !("value" in control)) continue;
      const before = control.value;
      control.value = value;
      if (control.value === "" && before !== "") control.value = before;  // no such choice
    }
  }

  function halt() {
    walking = false;
    walkButton.setAttribute("aria-pressed", "false");
    walkButton.textContent = "walk";
  }

  async function walk() {
    walking = true;
    walkButton.setAttribute("aria-pressed", "true");
    walkButton.textContent = "stop";
    while (walking) {
      const place = field("place");
      if (Number(place.value) >= told.steps) direction = -1;
      if (Number(place.value) <= 0) direction = 1;
      place.value = String(Number(place.value) + direction);
      await Promise.all([draw(), new Promise((done) => setTimeout(done, PAUSE_MS))]);
    }
  }

  form.addEventListener("submit", (event) => event.preventDefault());
  // Both: not every browser says "input" of a choice, and a slider says "change" only in the end.
  for (const kind of ["input", "change"]) {
    form.addEventListener(kind, (event) => {
      if (event.target === field("place")) halt();
      draw();
    });
  }
  for (const button of form.querySelectorAll("[data-random]")) {
    button.addEventListener("click", () => {
      field(button.dataset.random).value = String(Math.floor(1e6 * Math.random()));
      draw();
    });
  }
  walkButton.addEventListener("click", () => (walking ? halt() : walk()));
  // Another address of this page, typed in or gone back to: the page itself stays.
  addEventListener("hashchange", () => { remember(); draw(); });
  remember();
  draw();
})();
