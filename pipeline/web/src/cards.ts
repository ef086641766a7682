/** The index: filter and search the cards, and let a clip play while its card is looked at. */

import { holdStill } from "./motion";

interface Card {
  element: HTMLElement;
  states: string[];
  words: string;
}

function normal(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}

/** Filters and search over all cards. */
export function setUpSearch(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-tools]");
  const list = document.querySelector("[data-cards]");
  if (form === null || list === null) return;
  const cards: Card[] = [...list.querySelectorAll<HTMLElement>(":scope > li")].map((element) => ({
    element,
    states: (element.dataset["state"] ?? "").split(" "),
    words: normal(element.dataset["search"] ?? ""),
  }));
  const field = form.querySelector<HTMLInputElement>("input[type=search]");
  const nothing = document.querySelector<HTMLElement>("[data-nothing]");
  const counts = document.querySelectorAll<HTMLElement>("[data-shown]");

  const apply = (): void => {
    const wanted = new FormData(form).get("show") ?? "all";
    const terms = normal(field?.value ?? "").split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { element, states, words } of cards) {
      const fits = states.includes(String(wanted))
        && terms.every((term) => words.includes(term));
      if (element.hidden === fits) element.hidden = !fits;
      if (fits) shown += 1;
    }
    for (const count of counts) count.textContent = String(shown);
    if (nothing !== null) nothing.hidden = shown > 0;
  };
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  document.querySelector("[data-reset]")?.addEventListener("click", () => {
    form.reset();
    apply();
    field?.focus();
  });
  // A browser that goes back restores the fields: the cards must follow.
  apply();
  addEventListener("pageshow", apply);
}

function play(card: HTMLElement): void {
  const mat = card.querySelector<HTMLElement>(".mat");
  const source = card.dataset["clip"];
  if (mat === null || source === undefined || holdStill() || mat.querySelector("video")) return;
  const video = document.createElement("video");
  video.muted = true;
  video.loop = true;
  video.playsInline = true;
  video.tabIndex = -1;
  video.setAttribute("aria-hidden", "true");
  video.addEventListener("playing", () => video.classList.add("is-playing"), { once: true });
  video.src = source;
  mat.append(video);
  // Leaving the card ends the promise with an AbortError, which is no fault.
  video.play().catch(() => undefined);
}

function stop(card: HTMLElement): void {
  const video = card.querySelector<HTMLVideoElement>(".mat video");
  if (video === null) return;
  video.pause();
  video.removeAttribute("src");
  video.load();
  video.remove();
}

/** A clip plays while the pointer or the focus is on its card. */
export function setUpPreviews(): void {
  for (const card of document.querySelectorAll<HTMLElement>("[data-clip]")) {
    card.addEventListener("pointerenter", (event) => {
      if (event.pointerType !== "touch") play(card);
    });
    card.addEventListener("pointerleave", () => {
      if (!card.contains(document.activeElement)) stop(card);
    });
    card.addEventListener("focusin", () => play(card));
    card.addEventListener("focusout", () => {
      if (!card.matches(":hover")) stop(card);
    });
  }
}
