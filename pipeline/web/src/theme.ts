/** Light or dark: what the system says, until the reader says otherwise. */

import { recall, remember } from "./memory";

const system = matchMedia("(prefers-color-scheme: dark)");

function isDark(): boolean {
  const told = document.documentElement.dataset["theme"];
  return told === undefined ? system.matches : told === "dark";
}

/** Before the first paint, so that nothing flashes. */
export function restoreTheme(): void {
  const told = recall("theme");
  if (told === "dark" || told === "light") document.documentElement.dataset["theme"] = told;
}

/** Let the button change it. */
export function setUpTheme(): void {
  const button = document.querySelector<HTMLButtonElement>("button[data-theme-switch]");
  if (button === null) return;
  const say = (): void => button.setAttribute("aria-pressed", String(isDark()));
  button.addEventListener("click", () => {
    const next = isDark() ? "light" : "dark";
    document.documentElement.dataset["theme"] = next;
    remember("theme", next);
    say();
  });
  system.addEventListener("change", say);
  say();
}
