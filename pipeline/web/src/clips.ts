/** Clips of an object page: animations that play when asked, previews that stop when closed. */

/** A picture that moves is shown by its still first frame until it is asked to play. */
function setUpAnimations(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-play]")) {
    const picture = button.closest(".play")?.previousElementSibling?.querySelector("img") ?? null;
    if (picture === null) continue;
    button.addEventListener("click", () => {
      const plays = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(plays));
      picture.src = (plays ? picture.dataset["moving"] : picture.dataset["still"]) ?? "";
    });
  }
}

/** What is no longer seen does not go on playing. */
function setUpPreviews(): void {
  for (const preview of document.querySelectorAll<HTMLDetailsElement>("details.preview")) {
    preview.addEventListener("toggle", () => {
      if (preview.open) return;
      preview.querySelector("video")?.pause();
      preview.querySelector<HTMLButtonElement>("[data-play][aria-pressed=true]")?.click();
    });
  }
}

/** A link to a version opens its preview. */
function setUpReveal(): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-reveal]")) {
    link.addEventListener("click", (event) => {
      const preview = document.querySelector(link.hash)?.querySelector<HTMLDetailsElement>("details.preview");
      if (preview === null || preview === undefined) return;
      event.preventDefault();  // following the link would take the focus away again
      preview.open = true;
      preview.querySelector("summary")?.focus();
    });
  }
}

/** Versions of the clip. */
export function setUpVersions(): void {
  setUpAnimations();
  setUpPreviews();
  setUpReveal();
}
