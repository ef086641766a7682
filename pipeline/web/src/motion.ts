/** Whether the reader wants things to hold still. Asked each time: it can change. */
export function holdStill(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
