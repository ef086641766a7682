/**
 * The mesh in 3D.
 *
 * On file:// a page may not fetch its neighbours. So the mesh travels as base64 in a script that
 * hands it over by calling `vivantModel`, and <model-viewer> gets it as a Blob address.
 */

import { translate } from "./language";
import { holdStill } from "./motion";

interface Viewer extends HTMLElement {
  cameraOrbit: string;
  interpolationDecay: number;
  jumpCameraToGoal(): void;
}

declare global {
  interface Window {
    vivantModel?: (name: string, base64: string) => void;
  }
}

const arrived = new Map<string, string>();

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes;
}

function load(address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", () => resolve());
    script.addEventListener("error", () => reject(new Error(`${address} does not load`)));
    document.head.append(script);
  });
}

async function open(box: HTMLElement): Promise<Viewer> {
  const { model = "", viewer: library = "" } = box.dataset;
  await Promise.all([
    load(model),
    customElements.get("model-viewer") === undefined ? load(library) : Promise.resolve(),
  ]);
  const base64 = arrived.get(model);
  const template = box.querySelector("template");
  if (base64 === undefined || template === null) throw new Error(`${model} brings no mesh`);
  arrived.delete(model);
  const copy = document.importNode(template.content, true);
  translate(copy);
  const viewer = copy.querySelector<Viewer>("model-viewer");
  if (viewer === null) throw new Error("the page has no viewer");
  const address = URL.createObjectURL(new Blob([bytesOf(base64)], { type: "model/gltf-binary" }));
  await new Promise<void>((resolve, reject) => {
    viewer.addEventListener("load", () => resolve(), { once: true });
    viewer.addEventListener("error", () => reject(new Error(`${model} does not open`)), { once: true });
    viewer.setAttribute("src", address);
    box.querySelector(".model-stage")?.append(copy);
  }).finally(() => URL.revokeObjectURL(address));
  return viewer;
}

/** How far to either side the model turns by itself: what the photograph shows, not its back. */
const SWAY_DEG = 38;
const SWAY_S = 12;

/** Turns the model to and fro before the eyes until it is told to rest. */
class Sway {
  #frame = 0;
  readonly #viewer: Viewer;

  constructor(viewer: Viewer) {
    this.#viewer = viewer;
  }

  get moves(): boolean {
    return this.#frame !== 0;
  }

  start(): void {
    const [theta = "0deg", phi = "auto", radius = "auto"] = this.#viewer.cameraOrbit.split(" ");
    const from = Math.asin(Math.max(-1, Math.min(1, parseFloat(theta) / SWAY_DEG)));
    const since = performance.now();
    const turn = (now: number): void => {
      const angle = SWAY_DEG * Math.sin(from + ((now - since) / 1000 / SWAY_S) * 2 * Math.PI);
      this.#viewer.cameraOrbit = `${angle.toFixed(2)}deg ${phi} ${radius}`;
      this.#viewer.jumpCameraToGoal();
      this.#frame = requestAnimationFrame(turn);
    };
    this.#frame = requestAnimationFrame(turn);
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }
}

function setUpViews(box: HTMLElement, viewer: Viewer): void {
  const turn = box.querySelector<HTMLButtonElement>("button[data-turn]");
  const sway = new Sway(viewer);
  const front = viewer.cameraOrbit;
  const show = (): void => turn?.setAttribute("aria-pressed", String(sway.moves));
  const rest = (): void => {
    sway.stop();
    show();
  };
  const begin = (): void => {
    viewer.cameraOrbit = front;
    sway.start();
    show();
  };
  if (!holdStill()) begin();
  turn?.addEventListener("click", () => (sway.moves ? rest() : begin()));
  viewer.addEventListener("camera-change", (event) => {
    if ((event as CustomEvent<{ source: string }>).detail.source === "user-interaction") rest();
  });
  for (const button of box.querySelectorAll<HTMLButtonElement>("button[data-orbit]")) {
    button.addEventListener("click", () => {
      rest();
      viewer.setAttribute("camera-orbit", button.dataset["orbit"] ?? "");
      if (holdStill()) viewer.jumpCameraToGoal();
    });
  }
  for (const button of box.querySelectorAll<HTMLButtonElement>(".model-views button")) {
    button.disabled = false;
  }
}

/** Open the mesh once its place in the page is seen. */
export function setUpModel(): void {
  const box = document.querySelector<HTMLElement>("[data-model]");
  if (box === null) return;
  window.vivantModel = (name, base64) => arrived.set(name, base64);
  const start = async (): Promise<void> => {
    box.dataset["state"] = "opening";
    try {
      const viewer = await open(box);
      box.dataset["state"] = "open";
      setUpViews(box, viewer);
    } catch (error) {
      box.dataset["state"] = "failed";
      console.error(error);
    }
  };
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    void start();
  }, { rootMargin: "300px" });
  seen.observe(box);
}
