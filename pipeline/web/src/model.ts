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
  if ("turns" in box.dataset && !holdStill()) viewer.setAttribute("auto-rotate", "");
  await new Promise<void>((resolve, reject) => {
    viewer.addEventListener("load", () => resolve(), { once: true });
    viewer.addEventListener("error", () => reject(new Error(`${model} does not open`)), { once: true });
    viewer.setAttribute("src", address);
    box.querySelector(".model-stage")?.append(copy);
  }).finally(() => URL.revokeObjectURL(address));
  return viewer;
}

function setUpViews(box: HTMLElement, viewer: Viewer): void {
  const turn = box.querySelector<HTMLButtonElement>("button[data-turn]");
  const rest = (): void => {
    viewer.removeAttribute("auto-rotate");
    turn?.setAttribute("aria-pressed", "false");
  };
  turn?.setAttribute("aria-pressed", String(viewer.hasAttribute("auto-rotate")));
  turn?.addEventListener("click", () => {
    turn.setAttribute("aria-pressed", String(viewer.toggleAttribute("auto-rotate")));
  });
  for (const button of box.querySelectorAll<HTMLButtonElement>("button[data-orbit]")) {
    button.addEventListener("click", () => {
      rest();
      viewer.setAttribute("camera-orbit", button.dataset["orbit"] ?? "");
      (viewer as unknown as { resetTurntableRotation?: (angle: number) => void }).resetTurntableRotation?.(0);
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
