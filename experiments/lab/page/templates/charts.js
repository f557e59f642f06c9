// Lines and points on two axes, as SVG of the width that there is.
const COLOURS = {{ palette|tojson }};

function ticksOf(low, high, wanted, whole) {
  const rough = (high - low) / wanted, power = 10 ** Math.floor(Math.log10(rough));
  const nice = [1, 2, 2.5, 5, 10].map((factor) => factor * power);
  const step = nice.find((one) => one >= rough && (!whole || Number.isInteger(one))) || 1;
  const ticks = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) ticks.push(k * step);
  return ticks;
}

const shown = (value) => String(+value.toPrecision(4));

function extent(values) {
  let low = Infinity, high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const margin = 0.04 * (high - low) || 0.5 * Math.abs(high) || 1;
  return [low - margin, high + margin];
}

function element(name, attributes, parent, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return parent.appendChild(made);
}

function draw(figure, spec, svg) {
  const width = figure.clientWidth;
  const size = spec.square ? Math.min(width, 520) : width;
  const height = spec.square ? size : Math.max(200, Math.min(0.5 * size, 400));
  const margin = { left: 52, right: 10, top: 8, bottom: 42 };
  svg.replaceChildren();
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("height", height);
  const all = (axis) => spec.series.flatMap((s) => s[axis]);
  let [x0, x1] = extent(all("x")), [y0, y1] = extent(
    spec.series.flatMap((s) => [...s.y, ...(s.low || []), ...(s.high || [])]));
  if (spec.diagonal) x0 = y0 = Math.min(x0, y0), x1 = y1 = Math.max(x1, y1);
  const X = (x) => margin.left + (x - x0) / (x1 - x0) * (size - margin.left - margin.right);
  const Y = (y) => height - margin.bottom - (y - y0) / (y1 - y0) * (height - margin.top - margin.bottom);

  const bottom = height - margin.bottom, right = size - margin.right;
  for (const tick of ticksOf(y0, y1, Math.max(4, height / 60))) {
    element("line", { x1: margin.left, x2: right, y1: Y(tick), y2: Y(tick), stroke: "#e8eaec" }, svg);
    element("text", { x: margin.left - 8, y: Y(tick) + 4, "text-anchor": "end" }, svg, shown(tick));
  }
  for (const tick of ticksOf(x0, x1, Math.max(4, size / 80), spec.whole)) {
    element("line", { x1: X(tick), x2: X(tick), y1: bottom, y2: bottom + 5, stroke: "#9aa2a9" }, svg);
    element("text", { x: X(tick), y: bottom + 18, "text-anchor": "middle" }, svg, shown(tick));
  }
  element("line", { x1: margin.left, x2: right, y1: bottom, y2: bottom, stroke: "#9aa2a9" }, svg);
  element("text", { x: (margin.left + right) / 2, y: height - 6, "text-anchor": "middle" }, svg, spec.x);
  const middle = (margin.top + bottom) / 2;
  element("text", { x: 12, y: middle, "text-anchor": "middle", transform: `rotate(-90 12 ${middle})` }, svg, spec.y);
  if (spec.diagonal) {
    element("line", { x1: X(x0), y1: Y(y0), x2: X(x1), y2: Y(y1), stroke: "#9aa2a9", "stroke-dasharray": "4 4" }, svg);
  }

  const points = [];
  spec.series.forEach((series, k) => {
    const colour = series.colour || COLOURS[k % COLOURS.length];
    const path = (values) => values.map((y, i) => `${X(series.x[i]).toFixed(1)},${Y(y).toFixed(1)}`);
    if (series.low) {
      const around = [...path(series.high), ...path(series.low).reverse()];
      element("polygon", { class: "band", points: around.join(" "), fill: colour, opacity: 0.15 }, svg);
    }
    if (series.line) {
      element("polyline", { class: "line", points: path(series.y).join(" "), fill: "none", stroke: colour,
        "stroke-width": series.faint ? 1 : 2, opacity: series.faint ? 0.5 : 1, "stroke-linejoin": "round" }, svg);
    }
    series.y.forEach((y, i) => {
      const px = X(series.x[i]), py = Y(y);
      const said = series.tips ? series.tips[i] : "";
      points.push([px, py, `${series.name}${said ? ", " + said : ""}\n${spec.x} ${shown(series.x[i])}, ${spec.y} ${shown(y)}`]);
      if (series.line && series.y.length > 1) return;
      const hollow = series.hollow && series.hollow[i];
      element("circle", { class: "mark", cx: px, cy: py, r: hollow ? 4.5 : 3.5, stroke: colour,
        fill: hollow ? "none" : colour, "stroke-width": hollow ? 2 : 0, opacity: 0.75 }, svg);
    });
  });
  const near = element("circle", { r: 6, fill: "none", stroke: "#1d2125", "stroke-width": 2, visibility: "hidden" }, svg);
  svg.near = { points, near };
}

function hover(svg, event) {
  const box = svg.getBoundingClientRect(), { points, near } = svg.near;
  let best = null, least = 30 ** 2;
  for (const point of points) {
    const distance = (point[0] - event.clientX + box.left) ** 2 + (point[1] - event.clientY + box.top) ** 2;
    if (distance < least) [best, least] = [point, distance];
  }
  near.setAttribute("visibility", best ? "visible" : "hidden");
  if (!best) return hideTip();
  near.setAttribute("cx", best[0]);
  near.setAttribute("cy", best[1]);
  showTip(best[2], best[0] + box.left, best[1] + box.top);
}

for (const figure of document.querySelectorAll("figure.chart")) {
  const spec = specOf(figure);
  const svg = element("svg", { role: "img", "aria-label": `${spec.y} by ${spec.x}` }, figure);
  const gallery = figure.closest(".gallery");
  // Those of a gallery share one, that of the first.
  if (spec.series.length > 1 && (!gallery || figure === gallery.firstElementChild)) {
    const legend = document.createElement("div");
    legend.className = "legend";
    spec.series.forEach((series, k) => {
      if (spec.series.findIndex((other) => other.name === series.name) < k) return;
      const item = legend.appendChild(document.createElement("span"));
      const mark = item.appendChild(document.createElement("i"));
      mark.style.background = series.colour || COLOURS[k % COLOURS.length];
      item.append(series.name);
    });
    (gallery || svg).before(legend);
  }
  const caption = figure.querySelector("figcaption");
  if (caption) figure.append(caption);
  for (const kind of ["pointermove", "pointerdown"]) svg.addEventListener(kind, (e) => hover(svg, e));
  svg.addEventListener("pointerleave", () => { hideTip(); svg.near.near.setAttribute("visibility", "hidden"); });
  new ResizeObserver(() => draw(figure, spec, svg)).observe(figure);
}
