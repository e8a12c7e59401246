// The wall as a table: the same groups in words, for whoever would rather read or hear it.
import * as clock from "../lib/clock";
import { escape, markSvg } from "../lib/marks";
import { about, type WallElement } from "./wall";

export function drawTable(wall: WallElement, place: HTMLElement): void {
  const rows = wall.shown().map((group) => {
    const fine = wall.word("promised").replace("%n", String(group.fine));
    const wrong = group.worst.slice(0, 20).map((worst) =>
      `<div>${markSvg(worst.severity, worst.state, worst.severity)} <a class="link" href="${escape(wall.caseAddress(worst.id))}">${escape(worst.title)}</a> ` +
      `${escape(about(worst))}, ${escape(clock.age(clock.now() - worst.since * 1000))}${worst.ownerName ? `, ${escape(worst.ownerName)}` : ""}</div>`).join("");
    const more = group.worst.length > 20 ? `<div>${escape(wall.word("more").replace("%n", String(group.worst.length - 20)))}</div>` : "";
    return `<tr><th scope="row">${escape(group.title)}</th><td class="num">${group.cells.length}, ${escape(fine)}</td><td>${wrong + more || escape(wall.word("nothing"))}</td></tr>`;
  });
  const body = place.querySelector("tbody");
  const html = rows.join("");
  if (body && body.dataset["html"] !== html) { body.dataset["html"] = html; body.innerHTML = html; }
}
