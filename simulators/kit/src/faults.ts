/** What can go wrong with an answer; the target is a path, where `*` stands for any run of characters. */
export const FAULT_KINDS = [
  // Instead of the answer.
  'unauthorized',
  'forbidden',
  'rate-limited',
  'server-error',
  'hang',
  'html',
  // The answer, spoiled.
  'truncated-json',
  'connection-cut',
  'null-names',
  'unknown-words',
  // The fleet behind it; the target is not looked at.
  'empty-fleet',
  'half-fleet',
  'organization-gone',
  'duplicate-rows',
  'paging-loop',
  'clock-ahead',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  readonly kind: FaultKind;
  readonly target?: string;
  /** Default once. */
  readonly times?: number | 'forever';
  /** Of `rate-limited`: the Retry-After. */
  readonly seconds?: number;
}

export interface Faults {
  add(fault: Fault): void;
  clear(): void;
  readonly isQuiet: boolean;
  /** The first armed fault of that kind for the target; uses up one of its times. */
  take(kind: FaultKind, target?: string): Fault | undefined;
}

export function createFaults(): Faults {
  let armed: { readonly fault: Fault; left: number }[] = [];
  return {
    add: (fault) => void armed.push({ fault, left: fault.times === 'forever' ? Infinity : (fault.times ?? 1) }),
    clear: () => {
      armed = [];
    },
    get isQuiet() {
      return armed.every(({ left }) => left <= 0);
    },
    take(kind, target = '') {
      const entry = armed.find(
        ({ fault, left }) => left > 0 && fault.kind === kind && hits(fault.target ?? '*', target),
      );
      if (entry === undefined) return undefined;
      entry.left -= 1;
      return entry.fault;
    },
  };
}

function hits(pattern: string, target: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(target);
}
