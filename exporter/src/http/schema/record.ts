import { z } from 'zod';
import { evidenceKinds } from '../../domain/evidence.ts';
import { eventTypes } from '../../domain/event.ts';
import { ledgerActions } from '../../domain/ledger.ts';
import { windowOutcomes } from '../../domain/window.ts';
import { DeviceId, Flag, Paging, Patch, Time, TimeInput, listOf, organizationFilter, page } from './common.ts';

export const EvidenceOut = z
  .object({
    kind: z.enum(evidenceKinds),
    source: z.string(),
    at: Time,
    validUntil: Time,
    patches: z.array(Patch),
    ref: z.string(),
    owner: z.string().nullable(),
  })
  .meta({ id: 'Evidence' });

const deviceName = z.string().nullable().meta({ description: 'null = the device is gone, or is elsewhere now.' });

const CheckResult = z.object({
  check: z.string(),
  result: z.enum(['passed', 'failed', 'no_data']),
  detail: z.string(),
  at: Time,
});

export const Window = z
  .object({
    id: z.string(),
    kind: z.enum(['quiet', 'maintenance']),
    device: z.string(),
    deviceName,
    organization: z.string(),
    instance: z.string(),
    cause: z.string(),
    owner: z.string(),
    triggeredAt: Time,
    downAt: Time.nullable(),
    budgetSeconds: z.number(),
    openedAt: Time,
    endsAt: Time,
    closedAt: Time.nullable(),
    outcome: z.enum(windowOutcomes).nullable(),
    open: z.boolean(),
    patches: z.array(Patch),
    evidence: z.array(EvidenceOut),
    verification: z
      .object({
        verdict: z.enum(['running', 'passed', 'failed', 'not_run']),
        startedAt: Time,
        settlesAt: Time,
        endedAt: Time.nullable(),
        checks: z.array(CheckResult),
      })
      .nullable(),
  })
  .meta({ id: 'Window' });

export const Event = z
  .object({
    id: z.string().meta({ description: '`<source>/<id within the source>`' }),
    type: z.enum(eventTypes),
    source: z.string(),
    organization: z.string(),
    device: z.string(),
    deviceName,
    instance: z.string().nullable().meta({ description: 'null = not matched to one now.' }),
    occurredAt: Time,
    receivedAt: Time,
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Event' });

export const LedgerLine = z
  .object({
    at: Time,
    organization: z.string(),
    device: z.string(),
    deviceName,
    instance: z.string(),
    windowId: z.string().nullable(),
    action: z.enum(ledgerActions),
    reason: z.string(),
    text: z.string(),
    actor: z.string(),
    until: Time.nullable(),
    downAt: Time.nullable(),
    alert: z.string().nullable(),
    evidence: z.array(EvidenceOut),
  })
  .meta({ id: 'LedgerLine' });

const history = Paging.extend({
  organization: organizationFilter,
  device: DeviceId.optional(),
  from: TimeInput.optional(),
  to: TimeInput.optional(),
});
const order = z.enum(['asc', 'desc']).default('desc');

export const EventQueryParams = history.extend({ type: listOf(eventTypes).optional(), order }).strict();
export const LedgerQueryParams = history
  .extend({ windowId: z.string().min(1).optional(), action: listOf(ledgerActions).optional(), order })
  .strict();
export const WindowQueryParams = history
  .extend({ kind: z.enum(['quiet', 'maintenance']).optional(), open: Flag.optional() })
  .strict();

export const EventPage = page('EventPage', Event);
export const LedgerPage = page('LedgerPage', LedgerLine);
export const WindowPage = page('WindowPage', Window);

export const WindowParams = z.object({ id: z.string().min(1).max(200) });

export const NewWindow = z
  .strictObject({
    devices: z.array(DeviceId).min(1).max(1000).meta({ description: 'All of one organization; all or none.' }),
    start: TimeInput.optional().meta({ description: 'Default: now.' }),
    end: TimeInput,
    reason: z.string().trim().min(1).max(500),
  })
  .meta({ id: 'NewWindow' });

export const CancelWindow = z.strictObject({ reason: z.string().trim().min(1).max(500).default('cancelled by hand') });

export const WindowList = z.object({ windows: z.array(Window) }).meta({ id: 'WindowList' });
