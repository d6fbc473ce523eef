/** Notifications on the desktop, for who has switched them on and looks elsewhere. The choice is this browser's. */

const KEY = "commons-desktop-notifications";
const NEWEST = "#notifications li a";

export class DesktopNotifications {
  readonly #button: HTMLElement;
  #newest = newest()?.href;

  constructor(button: HTMLElement) {
    this.#button = button;
    if (!("Notification" in window)) return;
    button.hidden = false;
    button.addEventListener("click", () => void this.#toggle());
    document.addEventListener("pat-inject-async-injected", ({ detail }) => {
      if (detail.target === "#notifications") this.#look();
    });
    this.#show();
  }

  get #isOn(): boolean {
    return localStorage.getItem(KEY) !== null && Notification.permission === "granted";
  }

  async #toggle(): Promise<void> {
    if (this.#isOn) localStorage.removeItem(KEY);
    else if ((await Notification.requestPermission()) === "granted") localStorage.setItem(KEY, "on");
    this.#show();
  }

  #show(): void {
    this.#button.setAttribute("aria-pressed", String(this.#isOn));
  }

  #look(): void {
    const found = newest();
    const isNew = found !== undefined && found.href !== this.#newest;
    this.#newest = found?.href;
    if (!isNew || !this.#isOn || document.visibilityState !== "hidden") return;
    // Of several windows one is enough: a notification replaces that of the same tag.
    const shown = new Notification(found.textContent ?? "", { tag: found.href });
    shown.addEventListener("click", () => {
      window.focus();
      location.assign(found.href);
    });
  }
}

function newest(): HTMLAnchorElement | undefined {
  return document.querySelector<HTMLAnchorElement>(NEWEST) ?? undefined;
}
