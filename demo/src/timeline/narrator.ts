import { setTimeout as sleep } from 'node:timers/promises';
import type { EventLine, ExporterApi, LedgerLine } from '../world/exporter-api.ts';
import type { Stack } from '../world/stack.ts';
import type { Tag, Timeline } from './timeline.ts';

export interface Narrator {
  /** Tells what has happened up to now, then nothing more. */
  stop(): Promise<void>;
}

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
  const told = { ledger: 0, events: new Set<string>(), decided: new Set<string>(), chat: chat.messages().length };
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
    for (const { action, downAt, instance, text } of lines.slice(told.ledger)) {
      const tag = tagOfAction[action];
      if (tag === undefined || downAt === null) continue;
      // One outage, one decision: what the exporter thinks of it later (now it has been paged) is in the ledger.
      if (action === 'refused' && told.decided.has(instance)) continue;
      told.decided.add(instance);
      timeline.line(bare(instance), tag, text);
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
    for (const { status, alerts, commonLabels } of messages.slice(told.chat)) {
      const machines = [...new Set(alerts.map(({ labels }) => bare(labels['instance'] ?? '')))].sort().join(', ');
      const what = `${commonLabels['alertname'] ?? ''}${machines === '' ? '' : ` (${machines})`}`;
      timeline.line('', 'chat', `to the chat, no page: ${status === 'resolved' ? 'resolved, ' : ''}${what}`);
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
