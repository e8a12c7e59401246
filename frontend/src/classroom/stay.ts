// Keeps one person in their session's room, whatever happens to it: the one place that connects and disconnects.
//
// 1. Ask the door; not open yet: ask again every two seconds. For good: out, with the door's words.
// 2. Connect. It fails: from 1, since the door may name another room by then.
// 3. The connection breaks: LiveKit tries to mend it, and meanwhile the door is asked every two seconds. Should it
//    name another room, the old one is given up for it.
// 4. The room ends it: the door says why, and where to go on.
import {
  ConnectionState, DisconnectReason, Room, RoomEvent, type RoomOptions, setLogLevel, VideoPresets,
} from "livekit-client";
import { wait } from "../lib/page";
import { type Answer, ask, isOpen, type Open } from "./asking";

const AGAIN_MS = 2000;
const SILENT_MS = 1500;

const OPTIONS: RoomOptions = {
  adaptiveStream: true,
  dynacast: true,
  videoCaptureDefaults: { resolution: VideoPresets.h720.resolution },
  publishDefaults: { simulcast: true, dtx: true, red: true, videoSimulcastLayers: [VideoPresets.h180, VideoPresets.h360] },
};
const CONNECTING = { maxRetries: 0, websocketTimeout: 5000, peerConnectionTimeout: 8000 };

setLogLevel("error"); // it tells the console of every step, with ids

export type Phase = "entering" | "waiting" | "in" | "reconnecting" | "moving" | "out";

export interface Told {
  /** A room to draw, before it is connected. The former one is over. */
  opened(room: Room): void;
  phase(phase: Phase, answer?: Answer | { state: "left" | "elsewhere" | "removed" }): void;
  /** Leave to report, anew with each answer. */
  reports(token: string): void;
}

export class Stay {
  room: Room | null = null;
  private where = "";
  private turn = 0;
  private been = false;

  constructor(private readonly told: Told) {}

  /** Come in, or come back in after having left. */
  async enter(): Promise<void> {
    this.been = false;
    await this.findWayIn();
  }

  private async findWayIn(): Promise<void> {
    const turn = ++this.turn;
    this.told.phase(this.been ? "moving" : "entering");
    while (turn === this.turn) {
      const answer = await ask();
      if (turn !== this.turn) return;
      if (answer && !isOpen(answer) && !answer.wait) return this.out(answer);
      if (answer && isOpen(answer)) {
        if (answer.kind === "link") return location.assign(answer.url);
        if (await this.connect(answer, turn)) return;
      } else {
        this.told.phase(this.been ? "moving" : "waiting", answer ?? undefined);
      }
      await wait(AGAIN_MS);
    }
  }

  async leave(): Promise<void> {
    await this.out({ state: "left" });
  }

  private async connect(open: Open, turn: number): Promise<boolean> {
    const room = new Room(OPTIONS);
    void this.drop(); // a server that is gone would keep us waiting for its goodbye
    this.room = room;
    this.where = name(open);
    this.told.reports(open.reports);
    this.watch(room);
    this.told.opened(room);
    try {
      await room.connect(open.url, open.token, CONNECTING);
    } catch {
      if (this.room === room) await this.drop();
      return false;
    }
    if (turn !== this.turn) {
      await room.disconnect();
      return true;
    }
    this.been = true;
    this.told.phase("in");
    return true;
  }

  private watch(room: Room): void {
    const mine = (): boolean => this.room === room;
    const broken = (): void => {
      if (!mine() || !this.been) return;
      void this.look(room);
      // Most breaks are mended before anybody would notice.
      window.setTimeout(() => { if (mine() && isBroken(room)) this.told.phase("reconnecting"); }, SILENT_MS);
    };
    room.on(RoomEvent.Reconnecting, broken);
    room.on(RoomEvent.SignalReconnecting, broken);
    room.on(RoomEvent.Reconnected, () => { if (mine()) this.told.phase("in"); });
    room.on(RoomEvent.Disconnected, (reason) => { if (mine() && this.been) void this.ended(reason); });
  }

  private looking: Room | null = null;

  /** While a connection is broken: whether the session has moved on without us. */
  private async look(room: Room): Promise<void> {
    if (this.looking === room) return;
    this.looking = room;
    try {
      while (this.room === room && isBroken(room)) {
        const answer = await ask();
        if (this.room !== room || !isBroken(room)) return;
        if (answer && isOpen(answer) && name(answer) !== this.where) return void this.findWayIn();
        if (answer && !isOpen(answer) && !answer.wait) return void this.out(answer);
        await wait(AGAIN_MS);
      }
    } finally {
      this.looking = null;
    }
  }

  private async ended(reason: DisconnectReason | undefined): Promise<void> {
    if (reason === DisconnectReason.DUPLICATE_IDENTITY) return this.out({ state: "elsewhere" });
    if (reason === DisconnectReason.PARTICIPANT_REMOVED) {
      const answer = await ask();
      return this.out(answer && !isOpen(answer) ? answer : { state: "removed" });
    }
    await this.findWayIn();
  }

  private async out(answer: Answer | { state: "left" | "elsewhere" | "removed" }): Promise<void> {
    this.turn++;
    await this.drop();
    this.told.phase("out", answer);
  }

  private async drop(): Promise<void> {
    const former = this.room;
    this.room = null;
    await former?.disconnect();
  }
}

function isBroken(room: Room): boolean {
  return room.state === ConnectionState.Reconnecting || room.state === ConnectionState.SignalReconnecting;
}

function name(open: Open): string {
  return `${open.url} ${open.room}`;
}
