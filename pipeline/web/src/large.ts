/** A picture opens large over its page; without scripts its link leads to the file. */

/** Let links with `data-large` open the dialog that they name. */
export function setUpLarge(): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-large]")) {
    const dialog = document.getElementById(link.dataset["large"] ?? "");
    if (!(dialog instanceof HTMLDialogElement)) continue;
    link.setAttribute("aria-haspopup", "dialog");
    link.addEventListener("click", (event) => {
      // A click that asks for a new tab or window gets one.
      if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      dialog.showModal();
      const view = dialog.querySelector<HTMLElement>("[tabindex]");
      view?.scrollTo(0, 0);
      view?.focus();
    });
    dialog.querySelector("[data-close]")?.addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
  }
}
