// A liquid in space: turned by dragging, and moved between where its neurons began and where they are.
function liquid(figure) {
  const spec = specOf(figure), canvas = figure.querySelector("canvas");
  const flat = spec.side.length < 3, half = Math.max(...spec.side) / 2;
  const at = (place) => [0, 1, 2].map((k) => k < place.length ? (place[k] - spec.side[k] / 2) / half : 0);
  const last = spec.positions.map(at), first = spec.first && spec.first.map((p) => p && at(p));
  let turn = flat ? 0 : 0.6, tilt = flat ? 0 : 0.35, when = 1, hovered = -1, dragged = null, screen = [];

  function place(k) {
    if (!first || !first[k]) return last[k];
    return last[k].map((value, axis) => first[k][axis] + when * (value - first[k][axis]));
  }

  function project([x, y, z], width, height) {
    const c = Math.cos(turn), s = Math.sin(turn), ct = Math.cos(tilt), st = Math.sin(tilt);
    const right = c * x + s * z, away = c * z - s * x;
    const up = ct * y - st * away, depth = st * y + ct * away;
    const near = 1 / (1 + 0.12 * depth), scale = (flat ? 0.44 : 0.27) * Math.min(width, height);
    return [width / 2 + scale * near * right, height / 2 - scale * near * up, near];
  }

  function paint() {
    const width = canvas.clientWidth, height = canvas.clientHeight, dense = devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * dense) || canvas.height !== Math.round(height * dense)) {
      canvas.width = Math.round(width * dense);
      canvas.height = Math.round(height * dense);
    }
    const pen = canvas.getContext("2d");
    pen.setTransform(dense, 0, 0, dense, 0, 0);
    pen.clearRect(0, 0, width, height);
    box(pen, width, height);
    screen = last.map((_, k) => project(place(k), width, height));
    const alone = hovered >= 0, alpha = alone ? 0.6 : Math.max(0.03, Math.min(0.25, 60 / spec.source.length));
    if (alone || figure.querySelector(".synapses").checked) {
      spec.source.forEach((from, k) => {
        const to = spec.target[k];
        if (alone && from !== hovered && to !== hovered) return;
        pen.strokeStyle = spec.colours[spec.excitatory[from]];
        pen.globalAlpha = alpha;
        pen.setLineDash(alone && to === hovered && from !== hovered ? [4, 3] : []);
        pen.beginPath();
        pen.moveTo(screen[from][0], screen[from][1]);
        pen.lineTo(screen[to][0], screen[to][1]);
        pen.stroke();
      });
      pen.setLineDash([]);
    }
    const radius = Math.max(2, Math.min(6, 60 / Math.sqrt(last.length)));
    const order = last.map((_, k) => k).sort((a, b) => screen[a][2] - screen[b][2]);
    for (const k of order) {
      const [x, y, near] = screen[k];
      pen.globalAlpha = first && !first[k] ? 0.15 + 0.85 * when : 1;
      pen.beginPath();
      pen.arc(x, y, radius * near * (k === hovered ? 1.5 : 1), 0, 2 * Math.PI);
      pen.fillStyle = spec.colours[spec.excitatory[k]];
      pen.fill();
      pen.lineWidth = 1;
      pen.strokeStyle = k === hovered ? "#1d2125" : "#fff";
      pen.stroke();
    }
    pen.globalAlpha = 1;
  }

  function box(pen, width, height) {
    pen.strokeStyle = "#d5d9dd";
    pen.lineWidth = 1;
    pen.globalAlpha = 1;
    const corner = (k) => project(spec.side.map((side, axis) => ((k >> axis & 1) * 2 - 1) * side / 2 / half)
      .concat(flat ? [0] : []), width, height);
    for (let k = 0; k < 2 ** spec.side.length; k++) {
      for (let axis = 0; axis < spec.side.length; axis++) {
        if (k >> axis & 1) continue;
        const [from, to] = [corner(k), corner(k | 1 << axis)];
        pen.beginPath();
        pen.moveTo(from[0], from[1]);
        pen.lineTo(to[0], to[1]);
        pen.stroke();
      }
    }
  }

  function rotate(x, y) {
    turn += x;
    tilt = Math.max(-1.5, Math.min(1.5, tilt + y));
    paint();
  }

  function hover(event) {
    const edge = canvas.getBoundingClientRect();
    const x = event.clientX - edge.left, y = event.clientY - edge.top;
    let least = 14 ** 2, found = -1;
    screen.forEach(([px, py], k) => {
      const distance = (px - x) ** 2 + (py - y) ** 2;
      if (distance < least) [least, found] = [distance, k];
    });
    if (found !== hovered) { hovered = found; paint(); }
    if (found < 0) hideTip(); else showTip(spec.tips[found], event.clientX, event.clientY);
  }

  canvas.addEventListener("pointerdown", (event) => { dragged = [event.clientX, event.clientY]; hover(event); });
  canvas.addEventListener("pointermove", (event) => {
    if (!dragged || !event.buttons) return hover(event);
    hideTip();
    rotate((event.clientX - dragged[0]) / 120, (event.clientY - dragged[1]) / 120);
    dragged = [event.clientX, event.clientY];
  });
  canvas.addEventListener("pointerleave", () => { hovered = -1; dragged = null; hideTip(); paint(); });
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-0.15, 0], ArrowRight: [0.15, 0], ArrowUp: [0, -0.15], ArrowDown: [0, 0.15] }[event.key];
    if (step) { event.preventDefault(); rotate(...step); }
  });
  figure.querySelector(".synapses").addEventListener("change", paint);
  const slider = figure.querySelector(".when");
  if (slider) slider.addEventListener("input", () => { when = +slider.value; paint(); });
  new ResizeObserver(paint).observe(canvas);
}

document.querySelectorAll("figure.liquid").forEach(liquid);
