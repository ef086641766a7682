/** The gallery's script: one file for the index and the object pages, no network, no storage needed. */

import { setUpPreviews, setUpSearch } from "./cards";
import { setUpVersions } from "./clips";
import { setUpLanguage } from "./language";
import { setUpLarge } from "./large";
import { setUpLayers } from "./layers";
import { setUpLinks } from "./memory";
import { setUpModel } from "./model";
import { setUpReel } from "./reel";
import { restoreTheme, setUpTheme } from "./theme";

/** Arrow keys turn pages while nothing else has the focus. */
function setUpPaging(): void {
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (document.activeElement !== document.body) return;
    const rel = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
    if (rel !== undefined) document.querySelector<HTMLAnchorElement>(`a[rel=${rel}]`)?.click();
  });
}

document.documentElement.classList.add("js");
restoreTheme();
document.addEventListener("DOMContentLoaded", () => {
  setUpLanguage();
  setUpTheme();
  setUpLinks();
  setUpSearch();
  setUpPreviews();
  setUpVersions();
  setUpLarge();
  setUpLayers();
  setUpModel();
  setUpReel();
  setUpPaging();
});
