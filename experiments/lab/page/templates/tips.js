// One note for whatever is hovered or tapped, and pictures that a tap shows in full size.
const tip = document.getElementById("tip");

function showTip(text, x, y) {
  tip.textContent = text;
  tip.hidden = false;
  const box = tip.getBoundingClientRect();
  const left = Math.min(x + 14, innerWidth - box.width - 8);
  const above = y - box.height - 12;
  tip.style.left = Math.max(8, left) + "px";
  tip.style.top = (above > 0 ? above : y + 18) + "px";
}

function hideTip() { tip.hidden = true; }

for (const cell of document.querySelectorAll("[data-tip]")) {
  cell.addEventListener("pointerenter", (e) => showTip(cell.dataset.tip, e.clientX, e.clientY));
  cell.addEventListener("pointerleave", hideTip);
}

for (const image of document.querySelectorAll(".picture img")) {
  image.addEventListener("click", () => image.parentElement.classList.toggle("large"));
}

const specOf = (figure) => JSON.parse(figure.querySelector("script").textContent);
