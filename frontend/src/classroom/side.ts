// The side: what was written, and who is here. On a phone it lies over the stage.
import type { Participant } from "livekit-client";
import { the } from "../lib/page";
import { element, icon, initials, now, page, say } from "./page";

type Panel = "chat" | "people";
const PANELS: readonly Panel[] = ["chat", "people"];

export class Side {
  private open: Panel | null = null;
  private unread = 0;
  private came: HTMLElement | null = null;

  constructor(write: (text: string) => Promise<void>) {
    the("chat-log").append(element("p", "dim", say("no_chat")));
    this.count();
    the("chat").addEventListener("click", () => this.toggle("chat"));
    the("people-button").addEventListener("click", () => this.toggle("people"));
    the("side-close").addEventListener("click", () => this.close());
    for (const panel of PANELS) {
      const tab = the(`tab-${panel}`);
      tab.addEventListener("click", () => this.show(panel));
      tab.addEventListener("keydown", (event) => {
        if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
        const other = panel === "chat" ? "people" : "chat";
        this.show(other);
        the(`tab-${other}`).focus();
      });
    }
    the("side").addEventListener("keydown", (event) => { if (event.key === "Escape") this.close(); });
    const field = the<HTMLInputElement>("chat-text");
    the("chat-form").addEventListener("submit", (event) => {
      event.preventDefault();
      const text = field.value.trim();
      if (!text) return;
      field.value = "";
      write(text).catch(() => { field.value = text; this.line("", say("not_sent"), "is-wrong"); });
    });
  }

  written(from: Participant, text: string): void {
    this.line(from.isLocal ? say("you") : from.name || from.identity, text, from.isLocal ? "is-own" : "");
    if (!from.isLocal) this.more();
  }

  fromSchool(text: string): void {
    this.line(say("from_school"), text, "is-school");
    this.more();
  }

  people(people: Participant[], hands: ReadonlySet<string>): void {
    const row = (each: Participant): HTMLElement => {
      const name = each.name || each.identity;
      const line = element("li");
      const face = element("span", "avatar is-large", initials(name));
      face.setAttribute("aria-hidden", "true");
      const words = element("span", "", each.isLocal ? `${name} (${say("you")})` : name);
      line.append(face, words);
      const signs: [boolean, string, string][] = [
        [hands.has(each.identity), "hand", say("hand_up")], [!each.isMicrophoneEnabled, "mic-off", say("muted")],
      ];
      if (each.identity === page.instructor) words.append(element("small", "dim", ` ${say("instructor")}`));
      for (const [holds, sign, said] of signs) {
        if (!holds) continue;
        const mark = element("span", "tile-sign");
        mark.append(icon(sign), element("span", "sr-only", said));
        line.append(mark);
      }
      return line;
    };
    // Raised hands first, in the order in which they were raised.
    const raised = [...hands];
    const rank = (each: Participant): number => (hands.has(each.identity) ? raised.indexOf(each.identity) : raised.length);
    the("people").replaceChildren(...[...people].sort((a, b) => rank(a) - rank(b)).map(row));
    const label = the("people-button").querySelector("span");
    if (label) label.textContent = say("people", { n: people.length });
  }

  private toggle(panel: Panel): void {
    if (this.open === panel) this.close();
    else {
      this.came = the(panel === "chat" ? "chat" : "people-button");
      this.show(panel);
      if (panel === "chat") the("chat-text").focus();
      else the("tab-people").focus();
    }
  }

  private show(panel: Panel): void {
    this.open = panel;
    the("side").hidden = false;
    document.body.dataset["side"] = panel;
    for (const each of PANELS) {
      const on = each === panel;
      the(`panel-${each}`).hidden = !on;
      the(`tab-${each}`).setAttribute("aria-selected", String(on));
      the(`tab-${each}`).tabIndex = on ? 0 : -1;
    }
    this.mark();
    if (panel === "chat") {
      this.unread = 0;
      this.count();
      the("chat-log").scrollTop = the("chat-log").scrollHeight;
    }
  }

  private close(): void {
    this.open = null;
    the("side").hidden = true;
    delete document.body.dataset["side"];
    this.mark();
    this.came?.focus();
  }

  private mark(): void {
    the("chat").setAttribute("aria-expanded", String(this.open === "chat"));
    the("people-button").setAttribute("aria-expanded", String(this.open === "people"));
  }

  private more(): void {
    if (this.open === "chat") return;
    this.unread++;
    this.count();
  }

  private count(): void {
    const badge = the("unread");
    badge.hidden = this.unread === 0;
    badge.textContent = String(this.unread);
    const words = the("chat").querySelector("span");
    if (words) words.textContent = say("chat");
    the("chat").setAttribute("aria-label", this.unread ? say("chat_new", { n: this.unread }) : say("chat"));
  }

  private line(from: string, text: string, className: string): void {
    const log = the("chat-log");
    if (log.firstElementChild?.classList.contains("dim")) log.replaceChildren();
    const line = element("div", className);
    if (from) {
      const head = element("p", "chat-head");
      const at = new Intl.DateTimeFormat("en-GB", { timeZone: page.zone, hour: "2-digit", minute: "2-digit" }).format(now());
      head.append(element("b", "", from), element("time", "dim", at));
      line.append(head);
    }
    line.append(element("p", "", text));
    log.append(line);
    log.scrollTop = log.scrollHeight;
  }
}
