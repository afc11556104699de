const steps = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** Two largest units of a duration, rounded down: `2 d 3 h`, `12 min 4 s`, `0 s`. Negative counts as zero. */
export function formatDuration(ms: number): string {
  let seconds = Math.max(0, Math.floor(ms / 1000));
  const first = steps.findIndex(([, size]) => seconds >= size);
  if (first === -1) {
    return '0 s';
  }
  const parts = steps.slice(first, first + 2).map(([unit, size]) => {
    const count = Math.floor(seconds / size);
    seconds -= count * size;
    return count === 0 ? '' : `${count} ${unit}`;
  });
  return parts.filter((part) => part !== '').join(' ');
}

/** Age in one unit for running text: `just now`, `4 min ago`, `in 3 h` for what is still to come. */
export function formatAge(atMs: number, nowMs: number): string {
  const distance = Math.abs(nowMs - atMs);
  if (distance < 10_000) {
    return 'just now';
  }
  const seconds = Math.floor(distance / 1000);
  const [unit, size] = steps.find(([, step]) => seconds >= step) ?? steps[3];
  const text = `${Math.floor(seconds / size)} ${unit}`;
  return atMs > nowMs ? `in ${text}` : `${text} ago`;
}
