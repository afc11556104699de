import { onTestFinished } from 'vitest';
import { z } from 'zod';
import type { ManualClock } from './clock.ts';
import { createManualClock } from './clock.ts';
import type { Simulator, SimulatorOptions } from './simulator.ts';
import { createSimulator, DEFAULT_CLIENT } from './simulator.ts';

export const START = 1_760_000_000;
const WEEK_SECONDS = 604_800;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parses the body; throws when it is no JSON. */
  json(): unknown;
  /** The body as a list of objects; throws when it is none. */
  rows(): Record<string, unknown>[];
}

export interface TestClient {
  readonly simulator: Simulator;
  readonly clock: ManualClock;
  readonly url: string;
  token(form?: Record<string, string>): Promise<Answer>;
  /** Sends with the current token and without any retry. */
  send(method: string, path: string, body?: unknown): Promise<Answer>;
  get(path: string): Promise<Answer>;
  control(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Moves the clock and plays what has come due. */
  pass(seconds: number): void;
}

const Rows = z.array(z.record(z.string(), z.unknown()));

/** Starts a simulator on a manual clock, already holding a token; it is closed when the test ends. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<TestClient> {
  const clock = createManualClock(START);
  const simulator = createSimulator({ clock, controlApi: true, tokenLifetimeSeconds: WEEK_SECONDS, ...options });
  const { url, close } = await simulator.listen();
  onTestFinished(close);

  async function raw(method: string, path: string, headers: Record<string, string>, body?: string): Promise<Answer> {
    const init = { method, headers, signal: AbortSignal.timeout(10_000), ...(body === undefined ? {} : { body }) };
    const response = await fetch(`${url}${path}`, init);
    const text = await response.text();
    const json = (): unknown => JSON.parse(text);
    return { status: response.status, headers: response.headers, text, json, rows: () => Rows.parse(json()) };
  }

  const token = (form: Record<string, string> = {}) => {
    const fields = {
      grant_type: 'client_credentials',
      client_id: DEFAULT_CLIENT.id,
      client_secret: DEFAULT_CLIENT.secret,
    };
    const body = new URLSearchParams({ ...fields, ...form }).toString();
    return raw('POST', '/ws/oauth/token', { 'Content-Type': 'application/x-www-form-urlencoded' }, body);
  };

  const json = (body: unknown) => (body === undefined ? undefined : JSON.stringify(body));
  const jsonType = { 'Content-Type': 'application/json' };
  const first = z.object({ access_token: z.string() }).safeParse((await token()).json());
  const bearer = { Authorization: `Bearer ${first.data?.access_token ?? ''}` };
  const send = (method: string, path: string, body?: unknown) =>
    raw(method, path, { ...bearer, ...jsonType }, json(body));

  return {
    simulator,
    clock,
    url,
    token,
    send,
    get: (path) => send('GET', path),
    control: (method, path, body) => raw(method, `/_sim${path}`, jsonType, json(body)),
    pass(seconds) {
      clock.advance(seconds);
      simulator.tick();
    },
  };
}

const Page = z.object({
  cursor: z.object({ name: z.string(), offset: z.number(), count: z.number(), expires: z.number() }),
  results: Rows,
});

export const reportPage = (answer: Answer): z.infer<typeof Page> => Page.parse(answer.json());

const Activities = z.object({
  lastActivityId: z.number(),
  activities: z.array(z.looseObject({ id: z.number(), activityTime: z.number(), statusCode: z.string() })),
});

export const activityPage = (answer: Answer): z.infer<typeof Activities> => Activities.parse(answer.json());
