// The bar: microphone, camera, screen, hand; and which devices. What a person wants outlives the room they are in.
import { ConnectionState, MediaDeviceFailure, type Room, RoomEvent } from "livekit-client";
import { the, wait } from "../lib/page";
import { choices, choose, offer } from "./choices";
import { notice, withdraw } from "./notices";
import { icon, say } from "./page";

export interface Wishes {
  hand(up: boolean): void;
  leave(): void;
  shared(): void;
}

const KINDS = { microphone: "audioinput", camera: "videoinput", speaker: "audiooutput" } as const;
const AGAIN_MS = 1000;
const MOST_TRIES = 3;

export class Controls {
  private room: Room | null = null;
  private mic = choices().micOn;
  private camera = choices().cameraOn;
  private handUp = false;

  constructor(private readonly wishes: Wishes) {
    the("mic").addEventListener("click", () => { this.mic = !this.mic; choose({ micOn: this.mic }); void this.applyMic(); });
    the("camera").addEventListener("click", () => { this.camera = !this.camera; choose({ cameraOn: this.camera }); void this.applyCamera(); });
    the("share").addEventListener("click", () => void this.share());
    the("hand").addEventListener("click", () => { this.handUp = !this.handUp; this.wishes.hand(this.handUp); this.draw(); });
    the("leave").addEventListener("click", () => this.wishes.leave());
    the("share").hidden = !navigator.mediaDevices?.getDisplayMedia;
    const dialog = the<HTMLDialogElement>("devices");
    the("devices-button").addEventListener("click", () => { void this.offerAll(); dialog.showModal(); });
    for (const [name, kind] of Object.entries(KINDS)) {
      const select = the<HTMLSelectElement>(`device-${name}`);
      select.addEventListener("change", () => {
        choose({ [name]: select.value });
        void this.room?.switchActiveDevice(kind, select.value).catch(() => undefined);
      });
    }
    const bar = document.querySelector<HTMLElement>(".room-bar");
    bar?.addEventListener("keydown", (event) => this.along(event, bar));
    this.draw();
  }

  of(room: Room): void {
    this.room = room;
    const redraw = (): void => { if (this.room === room) this.draw(); };
    for (const event of [
      RoomEvent.LocalTrackPublished, RoomEvent.LocalTrackUnpublished, RoomEvent.TrackMuted, RoomEvent.TrackUnmuted,
    ] as const) room.on(event, redraw);
    room.on(RoomEvent.AudioPlaybackStatusChanged, () => { if (this.room === room) this.sound(room); });
  }

  /** Once in: the microphone and the camera as they were wished, each on its own. */
  async start(): Promise<void> {
    const { speaker } = choices();
    if (speaker) await this.room?.switchActiveDevice("audiooutput", speaker).catch(() => undefined);
    await Promise.all([this.applyMic(), this.applyCamera()]);
    if (this.room) this.sound(this.room);
  }

  private applyMic(): Promise<void> {
    const device = choices().microphone;
    const asked = device ? { deviceId: { ideal: device } } : undefined;
    return this.apply("mic", (room) => room.localParticipant.setMicrophoneEnabled(this.mic, asked));
  }

  private applyCamera(): Promise<void> {
    const device = choices().camera;
    const asked = device ? { deviceId: { ideal: device } } : undefined;
    return this.apply("camera", (room) => room.localParticipant.setCameraEnabled(this.camera, asked));
  }

  /**
   * Bring a room to what is wished of a device. A device that fails says so at once. What fails otherwise is tried
   * again while the room stands; once it does not, the next room, or the same one again, asks for what is wished.
   */
  private async apply(what: "mic" | "camera", set: (room: Room) => Promise<unknown>): Promise<void> {
    const room = this.room;
    this.draw(); // what is wished shows at once, whenever a room comes to it
    if (!room) return;
    for (let tries = 1; ; tries++) {
      try {
        await set(room);
        withdraw(what);
        return;
      } catch (error) {
        const device = (MediaDeviceFailure.getFailure(error) ?? MediaDeviceFailure.Other) !== MediaDeviceFailure.Other;
        if (!device) await wait(AGAIN_MS);
        if (this.room !== room || room.state !== ConnectionState.Connected) return;
        if (!device && tries < MOST_TRIES) continue;
        this[what] = false;
        this.draw();
        notice(what, { text: say(`${what}_failed`), tone: "soon" });
        return;
      }
    }
  }

  private async share(): Promise<void> {
    const person = this.room?.localParticipant;
    const on = !person?.isScreenShareEnabled;
    try {
      await person?.setScreenShareEnabled(on, { audio: true, contentHint: "detail" });
      if (on) this.wishes.shared();
      if (on) notice("share", { text: say("your_screen"), act: { text: say("unshare"), do: () => void this.share() } });
      else withdraw("share");
    } catch (error) {
      // Whoever changed their mind in the browser's own dialogue knows that.
      if (!(error instanceof DOMException && error.name === "NotAllowedError")) notice("share", { text: say("share_failed"), tone: "soon", forMs: 8000 });
    }
    this.draw();
  }

  private sound(room: Room): void {
    if (room.canPlaybackAudio) { withdraw("sound"); return; }
    notice("sound", { text: say("sound_text"), tone: "soon", act: { text: say("sound"), do: () => void room.startAudio() } });
  }

  private draw(): void {
    const person = this.room?.localParticipant;
    const sharing = person?.isScreenShareEnabled ?? false;
    if (!sharing && person) withdraw("share");
    put("mic", this.mic, this.mic ? "mic" : "mic-off", say(this.mic ? "mute" : "unmute"));
    put("camera", this.camera, this.camera ? "video" : "video-off", say(this.camera ? "camera_off" : "camera_on"));
    put("share", sharing, "monitor-up", say(sharing ? "unshare" : "share"));
    put("hand", this.handUp, "hand", say(this.handUp ? "hand_down" : "hand"));
    put("devices-button", null, "settings", say("devices"));
    put("leave", null, "log-out", say("leave"));
  }

  private async offerAll(): Promise<void> {
    for (const [name, kind] of Object.entries(KINDS)) {
      const select = the<HTMLSelectElement>(`device-${name}`);
      await offer(select, kind, this.room?.getActiveDevice(kind));
      const field = select.closest<HTMLElement>(".field");
      if (field) field.hidden = select.options.length === 0;
      select.hidden = false;
    }
  }

  /** Arrow keys go along the bar, as in any toolbar. */
  private along(event: KeyboardEvent, bar: HTMLElement): void {
    if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
    const buttons = [...bar.querySelectorAll<HTMLButtonElement>("button")].filter((each) => each.offsetParent);
    const here = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const step = event.key === "ArrowRight" ? 1 : -1;
    if (here >= 0) buttons[(here + step + buttons.length) % buttons.length]?.focus();
  }
}

/** A button's picture, words, and whether it is on. */
function put(id: string, on: boolean | null, sign: string, words: string): void {
  const button = the(id);
  if (button.dataset["sign"] !== sign) {
    button.querySelector("svg")?.replaceWith(icon(sign));
    button.dataset["sign"] = sign;
  }
  const label = button.querySelector("span");
  if (label && label.textContent !== words) label.textContent = words;
  // The words already say what pressing does; a state on top would say it twice.
  if (on !== null) button.dataset["on"] = on ? "1" : "0";
}
