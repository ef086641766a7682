/** Photograph, mask and depth on top of each other, with a wipe between them. */

/** Let the choice of layer and the wipe work. */
export function setUpLayers(): void {
  const figure = document.querySelector<HTMLElement>("[data-layers]");
  const stage = figure?.querySelector<HTMLElement>(".layers-stage") ?? null;
  const wipe = figure?.querySelector<HTMLInputElement>("input[type=range]") ?? null;
  if (figure === null || stage === null || wipe === null) return;

  const move = (): void => {
    stage.style.setProperty("--wipe", `${wipe.value}%`);
    stage.toggleAttribute("data-edge", wipe.value === wipe.min || wipe.value === wipe.max);
  };
  const choose = (): void => {
    const layer = figure.querySelector<HTMLInputElement>("input[type=radio]:checked")?.value ?? "photo";
    stage.dataset["layer"] = layer;
    wipe.disabled = layer === "photo";
  };
  const drag = (event: PointerEvent): void => {
    if (wipe.disabled || event.buttons !== 1) return;
    const box = stage.getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    wipe.value = String(Math.round(100 * Math.min(1, Math.max(0, share))));
    move();
  };
  stage.addEventListener("pointerdown", (event) => {
    if (wipe.disabled) return;
    stage.setPointerCapture(event.pointerId);
    drag(event);
  });
  stage.addEventListener("pointermove", drag);
  wipe.addEventListener("input", move);
  figure.addEventListener("change", choose);
  move();
  choose();
  addEventListener("pageshow", () => {
    move();
    choose();
  });
}
