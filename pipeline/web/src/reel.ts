/** The reel on top of the index: its chapters as buttons, the one that is seen marked. */

/** Let chapters' buttons lead to their places, and follow the film. */
export function setUpReel(): void {
  const film = document.querySelector<HTMLVideoElement>("video[data-reel]");
  const buttons = [...document.querySelectorAll<HTMLButtonElement>("button[data-at]")];
  if (film === null) return;
  const start = (button: HTMLButtonElement): number => Number(button.dataset["at"]);

  const follow = (): void => {
    // Browsers stop a hair before the asked time.
    const seen = buttons.filter((button) => start(button) <= film.currentTime + 0.05).pop();
    for (const button of buttons) {
      if (button === seen) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const go = (): void => {
        film.currentTime = start(button);
        film.play().catch(() => undefined);
      };
      if (film.readyState > 0) {
        go();
        return;
      }
      film.addEventListener("loadedmetadata", go, { once: true });
      film.preload = "auto";
      film.load();
    });
  }
  film.addEventListener("timeupdate", follow);
  film.addEventListener("seeked", follow);
}
