/** `82.4 %` of a whole, never rounded up to all of it nor down to nothing; `–` of nothing. */
export function shareText(part: number, whole: number): string {
  if (whole === 0) {
    return '–';
  }
  if (part > 0 && part * 1000 < whole) {
    return '< 0.1 %';
  }
  return `${Math.floor((1000 * part) / whole) / 10} %`;
}
