import type { ReadAnswer } from './client';

/** Urls whose answers are remembered; the one longest unused goes first. */
const maxEntries = 200;

/** What a poller has read, by URL, with the tags to ask for changes. */
export class ReadCache {
  private readonly answers = new Map<string, ReadAnswer<unknown>>();
  private changes = 0;

  /** Grows with each answer that is new or differs from the one before. */
  get revision(): number {
    return this.changes;
  }

  get(url: string): ReadAnswer<unknown> | undefined {
    const answer = this.answers.get(url);
    if (answer !== undefined) {
      this.answers.delete(url);
      this.answers.set(url, answer);
    }
    return answer;
  }

  set(url: string, answer: ReadAnswer<unknown>): void {
    this.changes += 1;
    this.answers.set(url, answer);
    const [oldest] = this.answers.keys();
    if (this.answers.size > maxEntries && oldest !== undefined) {
      this.answers.delete(oldest);
    }
  }
}
