// A session's page: its axis, the table that says the same, and its keys.
import { TimelineElement } from "./elements/timeline";
import { one } from "./lib/dom";
import { onKey } from "./lib/keys";
import { concerns, onChange } from "./lib/stream";

customElements.define("callboard-timeline", TimelineElement);

const axis = one<TimelineElement>("callboard-timeline");

onChange((changed) => {
  if (concerns(changed, ["case", "session", "live"])) void axis?.refresh();
});

onKey((key) => {
  const table = one("#timeline-table");
  if (key === "t" && axis && table) {
    table.hidden = !table.hidden;
    axis.hidden = !table.hidden;
    return true;
  }
  if (key === "z") return axis?.zoom() ?? false;
  if (key === "ArrowRight") return axis?.step(1) ?? false;
  if (key === "ArrowLeft") return axis?.step(-1) ?? false;
  return false;
});
