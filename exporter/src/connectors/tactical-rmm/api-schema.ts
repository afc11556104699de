/**
 * Only the fields we read of the Tactical RMM REST API, as its server 1.5.1 (June 2026) writes them. Required is what an
 * object is useless without; every other field may be missing, null or of a wrong type, and is then unknown.
 */
import { z } from 'zod';

const text = z.string().nullish().catch(null);
const flag = z.boolean().nullish().catch(null);
const texts = z
  .array(z.unknown())
  .nullish()
  .catch(null)
  .transform((list) => (list ?? []).filter((item) => typeof item === 'string') as string[]);

export const Client = z.object({ id: z.int(), name: text });
export type Client = z.infer<typeof Client>;

/** The route of an agent takes word characters and dashes, 21 of them at least; anything else is no agent's id. */
const agentId = z.string().regex(/^[\w-]{21,255}$/);

export const CustomField = z.object({ field: z.int(), value: z.unknown() });

/** A row of the agent table, and the part of the agent's own page that equals it. */
export const Agent = z.object({
  agent_id: agentId,
  hostname: text,
  client_name: text,
  site_name: text,
  monitoring_type: text,
  plat: text,
  operating_system: text,
  local_ips: text,
  needs_reboot: flag,
  has_patches_pending: flag,
  last_seen: text,
  /** Epoch seconds; 0 = unknown. */
  boot_time: z.number().nullish().catch(null),
  /** Only on the agent's own page; ISO 8601 with a zone. */
  patches_last_installed: text,
  custom_fields: z.array(z.unknown()).nullish().catch(null),
});
export type Agent = z.infer<typeof Agent>;

/** An update on an agent. Without any name it cannot be told from another. */
export const WinUpdate = z
  .object({
    guid: text,
    kb: text,
    title: text,
    severity: text,
    installed: flag,
    action: text,
    result: text,
    /** Month, day, year, hour, minute in the server's zone, which it does not name. */
    date_installed: text,
    categories: texts,
  })
  .refine((row) => [row.kb, row.guid, row.title].some((name) => (name?.trim() ?? '') !== ''), 'has no name');
export type WinUpdate = z.infer<typeof WinUpdate>;

/** A Windows service in the agent's own, live answer. */
export const ServiceRow = z.object({ name: z.string().min(1), status: text, start_type: text });
export type ServiceRow = z.infer<typeof ServiceRow>;

/** A check of an agent. One that has never run has an empty result. */
export const CheckRow = z
  .object({
    name: text,
    /** As the console lists it: `Service Check: Print Spooler`. */
    readable_desc: text,
    check_result: z.object({ status: text, last_run: text }).nullish().catch(null),
  })
  .refine((row) => [row.readable_desc, row.name].some((name) => (name?.trim() ?? '') !== ''), 'has no name');
export type CheckRow = z.infer<typeof CheckRow>;

export const Script = z.object({ id: z.int(), name: text, shell: text });
export type Script = z.infer<typeof Script>;

/** A run of a script or command; without its time or its result nothing is known of it. */
export const HistoryRow = z.object({
  time: text,
  script: z.int().nullish().catch(null),
  script_results: z
    .object({ retcode: z.int().nullish().catch(null) })
    .nullish()
    .catch(null),
});
export type HistoryRow = z.infer<typeof HistoryRow>;
