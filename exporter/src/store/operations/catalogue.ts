import type { Transaction } from '../engine.ts';
import * as access from './access.ts';
import * as decisions from './decisions.ts';
import * as events from './events.ts';
import * as runs from './runs.ts';
import * as states from './states.ts';

/** What can be asked of a database, whichever thread or machine it is on: names, plain input, plain output. */
export const reads = {
  queryEvents: events.queryEvents,
  readCursor: events.readCursor,
  queryLedger: decisions.queryLedger,
  queryWindows: decisions.queryWindows,
  readWindow: decisions.readWindow,
  loadStates: states.loadStates,
  readStatesPosition: states.readStatesPosition,
  readWords: states.readWords,
  recentRuns: runs.recentRuns,
  lastSuccess: runs.lastSuccess,
  listTokens: access.listTokens,
  queryAudit: access.queryAudit,
  listMappings: access.listMappings,
};

export const writes = {
  appendEvents: events.appendEvents,
  recordDecisions: decisions.recordDecisions,
  nameWords: states.nameWords,
  saveStates: states.saveStates,
  dropStates: states.dropStates,
  recordRun: runs.recordRun,
  saveToken: access.saveToken,
  appendAudit: access.appendAudit,
  saveMapping: access.saveMapping,
  check: access.check,
};

const operations = { ...reads, ...writes };

type Operations = typeof operations;
export type OperationName = keyof Operations;
export type Input<N extends OperationName> = Parameters<Operations[N]> extends [unknown, infer I] ? I : null;
export type Output<N extends OperationName> = Awaited<ReturnType<Operations[N]>>;
type AnyOperation = (tx: Transaction, input: unknown) => Promise<unknown>;

export function operation(name: OperationName): AnyOperation {
  // Input and name travel together (see Executor); the pairing is checked where they are put together.
  return operations[name] as AnyOperation;
}

export function isRead(name: OperationName): boolean {
  return name in reads;
}
