// What every page runs: styles, time, keys, the line to the server, and the queue where there is one.
import "./styles/app.css";
import * as acts from "./lib/acts";
import * as clock from "./lib/clock";
import { one } from "./lib/dom";
import * as keys from "./lib/keys";
import { onKey, press } from "./lib/keys";
import { refresh } from "./lib/regions";
import * as stream from "./lib/stream";
import * as queue from "./queue";

clock.start();
keys.start();
acts.start();
queue.start();
stream.start();

const topics = (document.body.dataset["topics"] ?? "").split(" ").filter(Boolean);
stream.onChange((changed) => {
  // A case is for now; that sessions begin and end changes counts alone, which can wait a little.
  if (topics.length && stream.concerns(changed, topics)) refresh(changed?.topics.includes("case") ? 60 : 1500);
});

// Keys of a case on a page of its own: its buttons, and back to the queue.
if (one("#case-page")) {
  onKey((key) => {
    if (key === "Escape") {
      one<HTMLAnchorElement>("[data-back]")?.click();
      return true;
    }
    if (key === "u") return press("u") || acts.undo();
    return /^[a-z1-9]$/.test(key) && press(key);
  });
} else if (!one("#queue")) {
  onKey((key) => key.length === 1 && /^[ozt]$/.test(key) && press(key));
}

// A strip that has been over for ten seconds folds away with the next reading, which this asks for.
window.setInterval(() => {
  if (one(".group .strip.is-over")) refresh();
}, 10_000);
