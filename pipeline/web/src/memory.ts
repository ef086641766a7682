/**
 * Remembers the reader's choices from page to page.
 *
 * Local storage is tried first. Some browsers give every file:// page a storage of its own, or
 * none; so a choice also travels in the address of the next page.
 */

type Choice = "lang" | "theme";

const PREFIX = "tableau-vivant-";
const made = new Map<Choice, string>();

/** What was chosen before, or null. */
export function recall(choice: Choice): string | null {
  const told = new URLSearchParams(location.search).get(choice);
  if (told !== null) {
    made.set(choice, told);
    return told;
  }
  try {
    return localStorage.getItem(PREFIX + choice);
  } catch {
    return null;
  }
}

/** Keep a choice for the next page. */
export function remember(choice: Choice, value: string): void {
  made.set(choice, value);
  try {
    localStorage.setItem(PREFIX + choice, value);
  } catch {
    // Storage is switched off: the address carries the choice.
  }
}

/** Let links between pages carry the choices, at the moment they are followed. */
export function setUpLinks(): void {
  const carry = (event: Event): void => {
    const link = event.target instanceof Element ? event.target.closest("a[data-page]") : null;
    if (!(link instanceof HTMLAnchorElement) || made.size === 0) return;
    const url = new URL(link.href);
    for (const [choice, value] of made) url.searchParams.set(choice, value);
    link.href = url.href;
  };
  document.addEventListener("click", carry, true);
  document.addEventListener("auxclick", carry, true);
}
