import { type DataFrame, FieldType } from '@grafana/data';
import { type FrameOptions, toTable } from './tables';

/** First version of the exporter that answers `/rollouts`. */
export const rolloutsVersion = '0.2.0';

interface RolloutRow {
  readonly id: string;
  readonly name: string;
  readonly organization: string | null;
  readonly state: string | null;
  readonly wave: string | null;
  readonly createdAt: number | null;
}

/** The API description has no rollouts yet, so each part is taken only where it is what its name says. */
export function rolloutsFrame(answer: unknown, options: FrameOptions): DataFrame {
  const list = isObject(answer) && Array.isArray(answer.items) ? (answer.items as unknown[]) : [];
  const rows = list.flatMap((item): RolloutRow[] => {
    if (!isObject(item) || typeof item.id !== 'string') {
      return [];
    }
    const at = Date.parse(text(item.createdAt) ?? '');
    return [
      {
        id: item.id,
        name: text(item.name) ?? item.id,
        organization: text(item.organization),
        state: text(item.state) ?? text(item.phase),
        wave: text(item.wave) ?? text(item.currentWave),
        createdAt: Number.isNaN(at) ? null : at,
      },
    ];
  });
  return toTable(
    rows,
    [
      { name: 'createdAt', type: FieldType.time, value: ({ createdAt }) => createdAt },
      { name: 'name', type: FieldType.string, value: ({ name }) => name },
      { name: 'organization', type: FieldType.string, value: ({ organization }) => organization },
      { name: 'state', type: FieldType.string, value: ({ state }) => state },
      { name: 'wave', type: FieldType.string, value: ({ wave }) => wave },
      { name: 'id', type: FieldType.string, value: ({ id }) => id },
    ],
    options,
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
