/** "Now" of the demo data: the night after a patch Tuesday, 2026-03-11 02:12:30 UTC. The exporter's clock stands still here. */
export const nowUnixSeconds = Date.UTC(2026, 2, 11, 2, 12, 30) / 1000;

const minute = 60;
const hour = 60 * minute;

/** Seconds since the epoch, so long before now. */
export const minutesAgo = (count: number): number => nowUnixSeconds - count * minute;
export const hoursAgo = (count: number): number => nowUnixSeconds - count * hour;
export const daysAgo = (count: number): number => nowUnixSeconds - count * 24 * hour;
