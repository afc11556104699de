import type { UnixSeconds } from './time.ts';

/** One thing that a source watches on a device, a service or a check of its own, as the source last saw it. */
export interface ObservedHealth {
  /** Key of a Windows service (`W3SVC`), or what the source calls its check. */
  readonly name: string;
  /** `unknown`: the source cannot say, or says it in a word nobody knows; no proof of anything. */
  readonly state: 'good' | 'bad' | 'unknown';
  /** The same for people, out of our own tables: `running`, `start pending`, `failing`. */
  readonly word: string;
  /** A service that starts with the system. Others come and go, so that they are not running proves nothing. */
  readonly automatic: boolean;
  /** By the source's clock. Absent: the source does not say when it looked, and then it proves nothing. */
  readonly observedAt?: UnixSeconds;
}
