// Which devices a person chose, and whether they come in with camera and microphone on. Kept by this browser.

const KEY = "callboard.devices";

export interface Choices {
  microphone?: string;
  camera?: string;
  speaker?: string;
  micOn: boolean;
  cameraOn: boolean;
}

export function choices(): Choices {
  try {
    return { micOn: true, cameraOn: true, ...(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Choices>) };
  } catch {
    return { micOn: true, cameraOn: true };
  }
}

export function choose(changed: Partial<Choices>): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...choices(), ...changed }));
  } catch {
    // A browser that keeps nothing: the choice holds for this page.
  }
}

/** The browser's devices of a kind, offered in a select; hidden where there is none, or none that it names. */
export async function offer(select: HTMLSelectElement, kind: MediaDeviceKind, chosen: string | undefined): Promise<void> {
  const found = (await navigator.mediaDevices.enumerateDevices()).filter((each) => each.kind === kind && each.label);
  select.replaceChildren(...found.map((each) => new Option(each.label, each.deviceId, false, each.deviceId === chosen)));
  select.hidden = found.length === 0;
}
