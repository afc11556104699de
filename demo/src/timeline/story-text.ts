/** `mm:ss` since the story began; `-` and the distance for what lies before it. */
export function storyClock(atUnixSeconds: number, startedAtUnixSeconds: number): string {
  const seconds = Math.floor(Math.abs(atUnixSeconds - startedAtUnixSeconds));
  const pad = (value: number): string => String(value).padStart(2, '0');
  return `${atUnixSeconds < startedAtUnixSeconds ? '-' : ''}${pad(Math.floor(seconds / 60))}:${pad(seconds % 60)}`;
}

/** Further back than this no clock helps. */
const longAgoSeconds = 3600;

const times = /(at |since )?\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z| \+0000 UTC)/g;

/** The exporter's own words with times on the story's clock and machines by their names. */
export function storyText(text: string, startedAtUnixSeconds: number): string {
  return text
    .replace(times, (match, word: string | undefined) => {
      const time = match.slice(word?.length ?? 0);
      const at = Date.parse(time.replace(' +0000 UTC', 'Z').replace(' ', 'T')) / 1000;
      const beforeSeconds = startedAtUnixSeconds - at;
      if (beforeSeconds > longAgoSeconds) return longAgo(word, beforeSeconds);
      return `${word ?? ''}${storyClock(at, startedAtUnixSeconds)}`;
    })
    .replace(/\b([a-z]+-\d+):9100\b/g, '$1')
    .replace(/ \(ninja\)/g, ' (NinjaOne)');
}

function longAgo(word: string | undefined, seconds: number): string {
  const hours = Math.round(seconds / 3600);
  const span = hours >= 48 ? `${String(Math.round(hours / 24))} days` : `${String(hours)} h`;
  return word === 'since ' ? `for ${span}` : `${span} ago`;
}
