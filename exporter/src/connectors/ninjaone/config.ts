import { z } from 'zod';
import { baseUrlOption, httpOptions } from '../http-options.ts';
import { secretOption } from '../secret.ts';
import { agentNodeClasses, defaultRebootActions } from './vocabulary.ts';

const word = z.string().min(1);

/** One way into one of our groups: exactly one of the selectors, by the vendor's name (policy and role also by id). */
const GroupRule = z
  .strictObject({
    name: word,
    savedGroup: word.optional(),
    tag: word.optional(),
    policy: word.optional(),
    role: word.optional(),
  })
  .refine(
    ({ name: _name, ...selectors }) => Object.values(selectors).filter((value) => value !== undefined).length === 1,
    {
      message: 'needs exactly one of savedGroup, tag, policy, role',
    },
  );
export type GroupRule = z.infer<typeof GroupRule>;

/** Options of a `ninjaone` source. Every key is described in docs/connectors/ninjaone.md. */
export const NinjaOneOptions = z.strictObject({
  baseUrl: baseUrlOption,
  clientId: word,
  clientSecret: secretOption,
  /** Install attempts older than this are not read. */
  installHistoryDays: z.int().min(1).max(365).default(30),
  nodeClasses: z.array(word).min(1).default(agentNodeClasses),
  groups: z.array(GroupRule).default([]),
  /** Names of actions that reboot a machine, compared whole and without case. */
  rebootActions: z.array(word).default(defaultRebootActions),
  http: httpOptions(),
});
export type NinjaOneOptions = z.output<typeof NinjaOneOptions>;
