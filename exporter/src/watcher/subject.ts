import { promqlFor, type Question } from '../checks/check.ts';
import { sourceQuestion, type SourceQuestion } from '../checks/observed.ts';
import type { DeviceState } from '../domain/device.ts';
import type { UnixSeconds } from '../domain/time.ts';
import type { SilenceWindow } from '../domain/window.ts';
import { askSeries } from './device-series.ts';
import type { PrometheusClient } from './prometheus-client.ts';

/** One window under verification, and the device whose it is. */
export interface Subject {
  readonly window: SilenceWindow;
  readonly device: DeviceState;
}

/** Asks every Prometheus a check's question, in the words for the device's system. */
export function askAbout(
  clients: readonly PrometheusClient[],
  question: Question,
  { window, device }: Subject,
  at?: UnixSeconds,
  needed?: 'any' | 'all',
): ReturnType<typeof askSeries> {
  const os = device.facts.os?.family;
  return askSeries(clients, window, (owner) => promqlFor(question, owner, os), at, needed);
}

/** What the device's source is asked for the same question; undefined where it is asked nothing. */
export function sourceQuestionAbout(
  question: Question,
  { device }: Pick<Subject, 'device'>,
): SourceQuestion | undefined {
  return sourceQuestion(question, device.facts.os?.family);
}
