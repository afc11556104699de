import type { Format } from '../exposition/heads.ts';

interface Range {
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

/** OpenMetrics when the client asks for a version we speak at least as much as for text; otherwise text 0.0.4. */
export function chooseFormat(accept: string | undefined): Format {
  let openmetrics = 0;
  let text = 0;
  for (const { name, parameters, quality } of parseRanges(accept)) {
    if (name === 'application/openmetrics-text' && isOpenMetricsVersion(parameters.get('version'))) {
      openmetrics = Math.max(openmetrics, quality);
    } else if (name === 'text/plain' && (parameters.get('version') ?? '0.0.4') === '0.0.4') {
      text = Math.max(text, quality);
    }
  }
  return openmetrics > 0 && openmetrics >= text ? 'openmetrics' : 'text';
}

/** 0.0.1 is what older Prometheus calls the same format. */
function isOpenMetricsVersion(version: string | undefined): boolean {
  return version === undefined || version === '1.0.0' || version === '0.0.1';
}

/** RFC 9110, 12.5.3: gzip unless it is refused by name or by an unnamed wildcard. */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  let wildcard = 0;
  for (const { name, quality } of parseRanges(acceptEncoding)) {
    if (name === 'gzip' || name === 'x-gzip') return quality > 0;
    if (name === '*') wildcard = quality;
  }
  return wildcard > 0;
}

function parseRanges(header: string | undefined): Range[] {
  if (header === undefined) return [];
  return header.split(',').map((range) => {
    const [name = '', ...rest] = range.split(';').map((part) => part.trim());
    const parameters = new Map(rest.map(parseParameter));
    const quality = Number(parameters.get('q') ?? '1');
    return { name: name.toLowerCase(), parameters, quality: Number.isFinite(quality) ? quality : 0 };
  });
}

function parseParameter(text: string): [string, string] {
  const [name = '', value = ''] = text.split('=', 2);
  return [name.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/, '$1')];
}
