/** Sample lines of an exposition as `name{labels}` → value text; throws when a series occurs twice. */
export function parseSamples(text: string): Map<string, string> {
  const samples = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const match = /^([a-z_]+(?:\{(?:[a-z_]+="(?:[^"\\]|\\.)*",?)*\})?) (\S+)$/.exec(line);
    if (match?.[1] === undefined || match[2] === undefined) throw new Error(`not a sample: ${line}`);
    if (samples.has(match[1])) throw new Error(`series twice: ${match[1]}`);
    samples.set(match[1], match[2]);
  }
  return samples;
}
