/**
 * Shows every text of the page in one language.
 *
 * The page carries all languages. `data-l` lists the languages that an element is shown in;
 * `data-attrs` holds attributes by language (`text` is the element's own text).
 */

import { recall, remember } from "./memory";

type Attributes = Record<string, Record<string, string>>;

let current = document.documentElement.lang;

/** Put the texts inside `root` into the current language. */
export function translate(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLElement>("[data-l]")) {
    element.hidden = !(element.dataset["l"] ?? "").split(" ").includes(current);
  }
  for (const element of root.querySelectorAll<HTMLElement>("[data-attrs]")) {
    const all = JSON.parse(element.dataset["attrs"] ?? "{}") as Attributes;
    for (const [name, value] of Object.entries(all[current] ?? {})) {
      if (name === "text") element.textContent = value;
      else element.setAttribute(name, value);
    }
  }
}

function buttons(): HTMLButtonElement[] {
  return [...document.querySelectorAll<HTMLButtonElement>("button[data-language]")];
}

function show(language: string): void {
  current = language;
  document.documentElement.lang = language;
  translate(document);
  for (const button of buttons()) {
    button.setAttribute("aria-pressed", String(button.dataset["language"] === language));
  }
}

/** Restore the chosen language and let the buttons choose another. */
export function setUpLanguage(): void {
  const offered = buttons().map((button) => button.dataset["language"] ?? "");
  const wanted = recall("lang");
  if (wanted !== null && wanted !== current && offered.includes(wanted)) show(wanted);
  for (const button of buttons()) {
    button.addEventListener("click", () => {
      const language = button.dataset["language"] ?? current;
      show(language);
      remember("lang", language);
      document.dispatchEvent(new Event("vivant:language"));
    });
  }
}
