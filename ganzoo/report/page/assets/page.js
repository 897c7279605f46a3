// Charts: put in their places, in the colours of the page, with legends that toggle and tell, and one zoom for all.
// Others speak to them, and hear of them, by the event "ganzoo:seek" on the document: detail is thousand images.
(() => {
  "use strict";
  const block = document.getElementById("chart-data");
  if (!block) return;
  const data = JSON.parse(block.textContent);
  const figures = Bokeh.require("document").Document.from_json(data.document);
  const plots = new Map(figures.roots().map((plot) => [plot.name, plot]));
  const axis = figures.get_model_by_id(data.axis);
  const models = new Map();
  let cursor = data.last;

  const named = (name) => models.get(name);
  for (const [key, chart] of Object.entries(data.charts)) {
    const parts = ["", "-smoothed", "-dots", "-interval"];
    const lines = chart.lines.flatMap((_, index) => parts.map((part) => `${key}-${index}${part}`));
    for (const name of [key, `${key}-cursor`, ...lines]) models.set(name, figures.get_model_by_name(name));
  }

  function paint() {
    const style = getComputedStyle(document.documentElement);
    const ink = style.getPropertyValue("--ink").trim();
    const faint = style.getPropertyValue("--line").trim();
    for (const key of Object.keys(data.charts)) {
      const plot = named(key);
      for (const one of [...plot.below, ...plot.left]) {
        one.setv({
          axis_label_text_color: ink, major_label_text_color: ink, axis_line_color: faint,
          major_tick_line_color: faint,
        });
      }
      for (const one of plot.center) {
        if ("grid_line_color" in one.properties) one.setv({ grid_line_color: faint });
      }
    }
  }

  // The value of a line at x, or NaN outside of it: the nearest point by halving.
  function valueAt(source, x) {
    const xs = source.data.x, ys = source.data.y;
    let low = 0, high = xs.length - 1;
    if (high < 0) return NaN;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (xs[middle] <= x) low = middle; else high = middle;
    }
    return Math.abs(xs[low] - x) <= Math.abs(xs[high] - x) ? ys[low] : ys[high];
  }

  function written(value, share) {
    if (!Number.isFinite(value)) return "–";
    if (share) return `${(100 * value).toFixed(0)} %`;
    const size = Math.abs(value);
    return size !== 0 && (size < 1e-3 || size >= 1e5) ? value.toExponential(2) : String(Number(value.toPrecision(4)));
  }

  function tell(x) {
    for (const [key, chart] of Object.entries(data.charts)) {
      chart.lines.forEach((_, index) => {
        const line = named(`${key}-${index}-smoothed`) || named(`${key}-${index}`);
        const output = document.querySelector(`#chart-${key} [data-line="${index}"] output`);
        output.textContent = written(valueAt(line.data_source, x), chart.share);
      });
    }
  }

  function seek(x) {
    cursor = x;
    for (const key of Object.keys(data.charts)) named(`${key}-cursor`).location = x;
    tell(x);
  }

  function toggle(button, key) {
    const shown = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(shown));
    for (const part of ["", "-smoothed", "-dots", "-interval"]) {
      const line = named(`${key}-${button.dataset.line}${part}`);
      if (line) line.visible = shown;
    }
  }

  function showWhole(button, key) {
    const whole = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(whole));
    const [start, end] = whole ? data.charts[key].whole : data.charts[key].limits;
    named(key).y_range.setv({ start, end });
  }

  function zoom(factor) {
    if (factor === 0) { axis.setv({ start: 0, end: data.end || 1 }); return; }
    const { start, end } = axis;
    const width = Math.min(data.end || 1, (end - start) * factor);
    const from = Math.max(0, Math.min((data.end || 1) - width, cursor - width / 2));
    axis.setv({ start: from, end: from + width });
  }

  function listen() {
    for (const [key, chart] of Object.entries(data.charts)) {
      const box = document.getElementById(`chart-${key}`);
      for (const button of box.querySelectorAll("[data-line]")) {
        button.addEventListener("click", () => toggle(button, key));
      }
      const whole = box.querySelector(".whole");
      whole.hidden = !chart.hidden;
      whole.addEventListener("click", () => showWhole(whole, key));
    }
    for (const button of document.querySelectorAll("[data-zoom]")) {
      button.addEventListener("click", () => zoom(Number(button.dataset.zoom)));
    }
    document.addEventListener("ganzoo:seek", (event) => seek(event.detail));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
  }

  function follow(plot) {
    plot.on_event("mousemove", (event) => tell(event.x));
    plot.on_event("mouseleave", () => tell(cursor));
    plot.on_event("tap", (event) => {
      document.dispatchEvent(new CustomEvent("ganzoo:seek", { detail: event.x }));
    });
    // A finger that drags over a chart scrolls the page; the buttons zoom.
    if (matchMedia("(pointer: coarse)").matches) plot.toolbar.active_drag = null;
  }

  const whenIdle = (work) => (window.requestIdleCallback ? requestIdleCallback(work, { timeout: 300 }) : setTimeout(work));

  // Drawing is what takes long: the charts on the screen come first, each of the others when the page has nothing to do.
  async function draw() {
    const places = [...plots.values()].map((plot) => document.getElementById(data.places[plot.id]));
    const seen = places.filter((place) => place.getBoundingClientRect().top < innerHeight).length || 1;
    const later = [...plots.values()].slice(seen);
    later.forEach((plot) => figures.remove_root(plot));
    [...plots.values()].slice(0, seen).forEach(follow);
    await Bokeh.embed.add_document_standalone(figures, document.body, places);
    document.documentElement.dataset.charts = "ready";
    document.dispatchEvent(new CustomEvent("ganzoo:charts"));
    const next = () => {
      const plot = later.shift();
      if (!plot) { document.documentElement.dataset.charts = "all"; return; }
      figures.add_root(plot);
      follow(plot);
      whenIdle(next);
    };
    whenIdle(next);
  }

  paint();
  listen();
  seek(cursor);
  draw();
})();
