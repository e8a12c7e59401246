// One tile: a person's picture or initials, or a shared screen, with who it is and how they are.
import { ConnectionQuality, type Participant, Track } from "livekit-client";
import { markSvg } from "../lib/marks";
import { element, icon, initials, page, say } from "./page";

export type Kind = "person" | "screen";

export class Tile {
  readonly node = element("li", "tile");
  readonly key: string;
  private readonly video = element("video");
  private readonly face = element("span", "tile-face");
  private readonly foot = element("div", "tile-foot");
  private readonly pin = element("button", "tile-pin");
  private shown: Track | null = null;
  private large = false;

  constructor(readonly person: Participant, readonly kind: Kind, pinned: (tile: Tile) => void) {
    this.key = `${person.identity} ${kind}`;
    this.node.dataset["kind"] = kind;
    this.node.dataset["identity"] = person.identity;
    this.video.autoplay = true;
    this.video.playsInline = true;
    this.video.muted = true;
    this.video.setAttribute("aria-hidden", "true");
    this.face.setAttribute("aria-hidden", "true");
    this.pin.type = "button";
    this.pin.append(icon("maximize-2"));
    this.pin.addEventListener("click", () => pinned(this));
    this.node.append(this.video, this.face, this.foot, this.pin);
    if (kind === "person" && person.isLocal) this.node.dataset["own"] = "";
    if (person.identity === page.instructor) this.node.dataset["lead"] = "";
  }

  get name(): string {
    return this.person.name || this.person.identity;
  }

  /** Bring the tile up to date with its person. */
  draw(handUp: boolean, large: boolean): void {
    const source = this.kind === "screen" ? Track.Source.ScreenShare : Track.Source.Camera;
    const publication = this.person.getTrackPublication(source);
    const track = publication && !publication.isMuted ? (publication.videoTrack ?? null) : null;
    // A picture that we turned off ourselves would stand still: initials are honest.
    this.show(publication && "isEnabled" in publication && publication.isEnabled === false ? null : track);
    const muted = this.kind === "person" && !this.person.isMicrophoneEnabled;
    const weak = [ConnectionQuality.Poor, ConnectionQuality.Lost].includes(this.person.connectionQuality);
    this.node.toggleAttribute("data-speaking", this.person.isSpeaking && this.kind === "person");
    this.node.toggleAttribute("data-picture", this.shown !== null);
    this.face.textContent = initials(this.name);
    const label = this.person.isLocal ? say("you") : this.name;
    const parts: (Node | string)[] = [element("b", "", this.kind === "screen" ? say("screen_of", { name: this.name }) : label)];
    if (this.kind === "person") {
      if (this.person.identity === page.instructor) parts.push(element("span", "tile-role", say("instructor")));
      if (muted) parts.push(told(icon("mic-off"), say("muted")));
      if (handUp) parts.push(told(icon("hand"), say("hand_up")));
      if (weak) parts.push(told(weakMark(), say("weak")));
    }
    this.foot.replaceChildren(...parts);
    this.node.toggleAttribute("data-hand", handUp && this.kind === "person");
    if (this.large !== large) this.pin.replaceChildren(icon(large ? "minimize-2" : "maximize-2"));
    this.large = large;
    this.pin.setAttribute("aria-label", large ? say("smaller") : say("larger", { name: label }));
    this.pin.setAttribute("aria-pressed", String(large));
  }

  private show(track: Track | null): void {
    if (track === this.shown) return;
    this.shown?.detach(this.video);
    this.shown = track;
    track?.attach(this.video);
    // Attaching makes it audible, and sound has elements of its own.
    this.video.muted = true;
  }

  remove(): void {
    this.show(null);
    this.node.remove();
  }
}

function told(sign: Node, words: string): HTMLElement {
  const holder = element("span", "tile-sign");
  holder.append(sign, element("span", "sr-only", words));
  return holder;
}

function weakMark(): Node {
  const holder = element("span");
  holder.innerHTML = markSvg("soon", "solid");
  return holder;
}
