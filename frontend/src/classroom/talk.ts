// What goes between people beside sound and picture: chat, raised hands, and messages from the school.
//
// Hands are told again to whoever comes later, since a room keeps no such state for people who may not write it.
import { type Participant, type RemoteParticipant, type Room, RoomEvent } from "livekit-client";

const CHAT = "callboard.chat";
const HAND = "callboard.hand";
const SCHOOL = "callboard.message";
const LONGEST = 1000;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export interface Heard {
  chat(from: Participant, text: string): void;
  hand(from: Participant, up: boolean): void;
  school(text: string): void;
}

export class Talk {
  private room: Room | null = null;
  handUp = false;

  constructor(private readonly heard: Heard) {}

  of(room: Room): void {
    this.room = room;
    room.on(RoomEvent.DataReceived, (payload, from, _kind, topic) => {
      if (this.room === room) this.receive(decoder.decode(payload), from, topic);
    });
    room.on(RoomEvent.ParticipantConnected, () => { if (this.room === room && this.handUp) void this.tell(HAND, { up: true }); });
    room.on(RoomEvent.Connected, () => { if (this.room === room && this.handUp) void this.tell(HAND, { up: true }); });
  }

  async say(text: string): Promise<void> {
    const room = this.room;
    if (!room) throw new Error("no room");
    await this.tell(CHAT, { text: text.slice(0, LONGEST) });
    this.heard.chat(room.localParticipant, text);
  }

  async raise(up: boolean): Promise<void> {
    this.handUp = up;
    if (this.room) this.heard.hand(this.room.localParticipant, up);
    await this.tell(HAND, { up });
  }

  private async tell(topic: string, what: object): Promise<void> {
    await this.room?.localParticipant.publishData(encoder.encode(JSON.stringify(what)), { reliable: true, topic });
  }

  private receive(text: string, from: RemoteParticipant | undefined, topic: string | undefined): void {
    const what = read(text);
    if (topic === SCHOOL) {
      // The server itself sends as nobody: no participant can speak for the school.
      if (!from) this.heard.school(typeof what["text"] === "string" ? what["text"] : text);
      return;
    }
    if (!from) return;
    if (topic === CHAT && typeof what["text"] === "string") this.heard.chat(from, what["text"].slice(0, LONGEST));
    if (topic === HAND) this.heard.hand(from, what["up"] === true);
  }
}

function read(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
