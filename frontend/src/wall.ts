// The live wall's page: the element, its keys, and its line to the server.
import { WallElement } from "./elements/wall";
import { one } from "./lib/dom";
import { onKey } from "./lib/keys";
import { run } from "./lib/regions";
import { concerns, onChange } from "./lib/stream";

customElements.define("callboard-wall", WallElement);

const wall = one<WallElement>("callboard-wall");

onChange((changed) => {
  if (concerns(changed, ["case", "session"])) void wall?.refresh();
});

onKey((key) => {
  const table = one("#wall-table");
  if (key === "t" && wall && table) {
    table.hidden = !table.hidden;
    wall.hidden = !table.hidden;
    if (!table.hidden) void run(location.href);
    return true;
  }
  if (key === "ArrowRight") return wall?.next(1) ?? false;
  if (key === "ArrowLeft") return wall?.next(-1) ?? false;
  return false;
});
