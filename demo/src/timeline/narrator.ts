import { setTimeout as sleep } from 'node:timers/promises';
import type { EventLine, ExporterApi, LedgerLine } from '../world/exporter-api.ts';
import type { Stack } from '../world/stack.ts';
import type { Tag, Timeline } from './timeline.ts';

export interface Narrator {
  /** Tells what has happened up to now, then nothing more. */
  stop(): Promise<void>;
}

/** `install` reads as one line: the RMM says it once per update and again in its reports. */
const toldEvents: Readonly<Record<string, string>> = {
  'patch.install.started': 'begins to install updates',
  'patch.installed': 'went in',
  'reboot.ordered': 'NinjaOne orders the reboot',
};

const tagOfAction: Readonly<Record<string, Tag>> = {
  opened: 'quiet',
  refused: 'not muted',
  closed: 'closed',
  verified: 'healthy',
  verification_failed: 'unwell',
};

const pollMs = 300;

/** Tells what programs report on their own: the exporter's ledger and events, what PagerDuty and the chat receive. */
export function startNarrator(stack: Pick<Stack, 'api' | 'pagerDuty' | 'chat'>, timeline: Timeline): Narrator {
  const { api, pagerDuty, chat } = stack;
  const from = new Date(timeline.startedAtUnixSeconds * 1000);
  const stopping = new AbortController();
  const told = { ledger: 0, events: new Set<string>(), chat: chat.messages().length };
  const names = new Map<string, string>();

  const unsubscribe = pagerDuty.onEvent(({ event, effect }) => {
    if (effect === 'opened' && event.event_action === 'trigger')
      timeline.line(bare(event.payload.source), 'PAGE', `PagerDuty: “${event.payload.summary}”`);
    if (effect === 'resolved') {
      const incident = pagerDuty.incidents().findLast(({ dedupKey }) => dedupKey === event.dedup_key);
      timeline.line(bare(incident?.source ?? ''), 'resolved', 'PagerDuty: the incident is resolved');
    }
  });

  const tellLedger = (lines: readonly LedgerLine[]): void => {
    for (const line of lines.slice(told.ledger)) {
      const tag = tagOfAction[line.action];
      if (tag !== undefined && line.downAt !== null) timeline.line(bare(line.instance), tag, line.text);
    }
    told.ledger = lines.length;
  };
  const tellEvents = (events: readonly EventLine[]): void => {
    for (const { type, device, data } of events) {
      const words = toldEvents[type];
      const patches = (data.patches ?? []).map(({ id }) => id).join(', ');
      const key = `${type} ${device} ${patches}`;
      if (words === undefined || told.events.has(key)) continue;
      told.events.add(key);
      timeline.line(names.get(device) ?? device, 'patch', patches === '' ? words : `${patches} ${words}`);
    }
  };
  const tellChat = (): void => {
    const messages = chat.messages();
    for (const { status, commonAnnotations, commonLabels } of messages.slice(told.chat)) {
      const summary = commonAnnotations['summary'] ?? commonLabels['alertname'] ?? '';
      timeline.line('', 'chat', `Alertmanager to chat: ${status === 'resolved' ? 'resolved: ' : ''}${summary}`);
    }
    told.chat = messages.length;
  };
  const look = async (): Promise<void> => {
    tellChat();
    if (names.size === 0) for (const { id, name } of await api.devices()) names.set(id, name);
    tellEvents(await api.events(from));
    tellLedger(await api.ledger(from));
  };
  const running = (async () => {
    while (!stopping.signal.aborted) {
      // While the exporter is dead there is nobody to ask; what it missed is told when it is back.
      await look().catch(() => undefined);
      await sleep(pollMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();

  return {
    stop: async () => {
      stopping.abort();
      await running;
      await look().catch(() => undefined);
      unsubscribe();
    },
  };
}

/** Prints why a machine is or would be muted, in the exporter's words. */
export async function tellExplanation(api: ExporterApi, timeline: Timeline, host: string): Promise<void> {
  const device = (await api.devices()).find(({ name }) => name === host);
  if (device === undefined) throw new Error(`the exporter does not know ${host}`);
  const { summary } = await api.explain(device.id);
  timeline.line(host, 'explain', summary);
}

function bare(instance: string): string {
  return instance.replace(/:\d+$/, '');
}
