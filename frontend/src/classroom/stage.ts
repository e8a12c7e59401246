// The stage: everyone alike in a grid, or one tile large (a shared screen, or whom one picked) beside the rest.
import { type Participant, type RemoteTrack, type Room, RoomEvent, Track } from "livekit-client";
import { all } from "../lib/dom";
import { the } from "../lib/page";
import { page, say } from "./page";
import { Tile } from "./tile";

const WIDE = 16 / 9;

export class Stage {
  private room: Room | null = null;
  private tiles = new Map<string, Tile>();
  private pinned = "";
  private due = 0;
  readonly hands = new Set<string>();

  constructor(private readonly drawn: (people: Participant[]) => void) {
    new ResizeObserver(() => this.lay()).observe(the("main"));
  }

  of(room: Room): void {
    this.room = room;
    for (const tile of this.tiles.values()) tile.remove();
    this.tiles.clear();
    this.hands.clear();
    the("sounds").replaceChildren();
    const redraw = (): void => { if (this.room === room) this.soon(); };
    for (const event of [
      RoomEvent.Connected, RoomEvent.ParticipantConnected, RoomEvent.ParticipantDisconnected, RoomEvent.TrackPublished,
      RoomEvent.TrackUnpublished, RoomEvent.TrackSubscribed, RoomEvent.TrackUnsubscribed, RoomEvent.TrackMuted,
      RoomEvent.TrackUnmuted, RoomEvent.LocalTrackPublished, RoomEvent.LocalTrackUnpublished, RoomEvent.ActiveSpeakersChanged,
      RoomEvent.ConnectionQualityChanged, RoomEvent.ParticipantNameChanged, RoomEvent.Disconnected,
      RoomEvent.TrackStreamStateChanged,
    ] as const) room.on(event, redraw);
    room.on(RoomEvent.TrackSubscribed, (track: RemoteTrack) => {
      if (track.kind === Track.Kind.Audio) the("sounds").append(track.attach());
    });
    room.on(RoomEvent.TrackUnsubscribed, (track: RemoteTrack) => { for (const each of track.detach()) each.remove(); });
    this.soon();
  }

  /** Everyone who is in, oneself first. */
  people(): Participant[] {
    if (!this.room) return [];
    return [this.room.localParticipant, ...this.room.remoteParticipants.values()];
  }

  /** Draw within the next frame, however often this is asked for. */
  soon(): void {
    this.due ||= window.setTimeout(() => { this.due = 0; this.draw(); }, 30);
  }

  private draw(): void {
    const people = this.people();
    // Who teaches comes first, oneself last, the rest as they came.
    const rank = (each: Participant): number => (each.isLocal ? 2 : each.identity === page.instructor ? 0 : 1);
    const wanted = new Map<string, [Participant, Tile["kind"]]>();
    for (const person of [...people].sort((a, b) => rank(a) - rank(b) || came(a) - came(b))) {
      if (person.isScreenShareEnabled) wanted.set(`${person.identity} screen`, [person, "screen"]);
      wanted.set(`${person.identity} person`, [person, "person"]);
    }
    for (const [key, tile] of this.tiles) {
      if (wanted.get(key)?.[0] !== tile.person) { tile.remove(); this.tiles.delete(key); }
    }
    const screens = [...wanted.keys()].filter((key) => key.endsWith(" screen") && !this.isOwn(key));
    const large = wanted.has(this.pinned) ? this.pinned : (screens[0] ?? "");
    let place: Element | null = null;
    for (const [key, [person, kind]] of wanted) {
      const tile: Tile = this.tiles.get(key) ?? new Tile(person, kind, (each) => this.pin(each));
      this.tiles.set(key, tile);
      if (key === large) {
        if (tile.node.parentElement !== the("focus")) the("focus").replaceChildren(tile.node);
      } else {
        const list = the("tiles");
        const next: Element | null = place ? place.nextElementSibling : list.firstElementChild;
        if (next !== tile.node) list.insertBefore(tile.node, next);
        place = tile.node;
      }
      tile.draw(this.hands.has(person.identity), key === large && key === this.pinned);
    }
    the("main").dataset["layout"] = large ? "focus" : "grid";
    const alone = the("alone");
    alone.hidden = people.length !== 1 || this.room?.state !== "connected";
    alone.textContent = say("alone");
    this.lay();
    this.drawn(people);
  }

  private isOwn(key: string): boolean {
    return key.startsWith(`${this.room?.localParticipant.identity ?? ""} `);
  }

  private pin(tile: Tile): void {
    this.pinned = this.pinned === tile.key ? "" : tile.key;
    this.draw();
    tile.node.querySelector("button")?.focus();
  }

  /** As many columns as make the tiles largest. */
  private lay(): void {
    const list = the("tiles");
    const count = all(".tile", list).length;
    const { clientWidth: width, clientHeight: height } = list;
    if (!count || !width || the("main").dataset["layout"] !== "grid") return;
    let best = { columns: 1, size: 0 };
    for (let columns = 1; columns <= count; columns++) {
      const across = width / columns;
      const down = height / Math.ceil(count / columns);
      const size = Math.min(across, down * WIDE);
      if (size > best.size * 1.02) best = { columns, size };
    }
    list.style.setProperty("--columns", String(best.columns));
    list.style.setProperty("--rows", String(Math.ceil(count / best.columns)));
  }
}

function came(person: Participant): number {
  return person.joinedAt?.getTime() ?? 0;
}
