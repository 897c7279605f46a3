// The grid of samples and its slider, which moves the charts' cursor and follows a tap on a chart.
(() => {
  "use strict";
  const block = document.getElementById("sample-data");
  if (!block) return;
  const frames = JSON.parse(block.textContent);
  const slider = document.getElementById("sample-slider");
  const picture = document.getElementById("sample-picture");
  const text = document.getElementById("sample-text");
  const play = document.getElementById("sample-play");
  let timer = null;

  function show(index) {
    const frame = frames[index];
    picture.src = frame.picture;
    picture.alt = frame.alt;
    text.textContent = frame.text;
    slider.value = String(index);
    slider.setAttribute("aria-valuetext", frame.text);
  }

  function go(index) {
    show(index);
    document.dispatchEvent(new CustomEvent("ganzoo:seek", { detail: frames[index].kimg }));
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    play.setAttribute("aria-pressed", "false");
    play.textContent = "play";
  }

  function start() {
    play.setAttribute("aria-pressed", "true");
    play.textContent = "stop";
    if (Number(slider.value) === frames.length - 1) go(0);
    timer = setInterval(() => {
      const next = Number(slider.value) + 1;
      if (next >= frames.length) stop(); else go(next);
    }, 250);
  }

  slider.addEventListener("input", () => { stop(); go(Number(slider.value)); });
  play.addEventListener("click", () => (timer === null ? start() : stop()));
  document.addEventListener("ganzoo:seek", (event) => {
    let best = 0;
    frames.forEach((frame, index) => {
      if (Math.abs(frame.kimg - event.detail) < Math.abs(frames[best].kimg - event.detail)) best = index;
    });
    if (best !== Number(slider.value)) show(best);
  });
  show(frames.length - 1);
})();
