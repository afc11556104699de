/** Answers about the time before a window. The past does not change, so each question is asked until it is answered once. */
export class PastAnswers<Answer> {
  readonly #byWindow = new Map<string, Map<string, Answer>>();

  async once(
    windowId: string,
    question: string,
    ask: () => Promise<Answer | 'unanswered'>,
  ): Promise<Answer | 'unanswered'> {
    const known = this.#byWindow.get(windowId);
    if (known?.has(question) === true) return known.get(question) as Answer;
    const answer = await ask();
    if (answer === 'unanswered') return answer;
    const answers = this.#byWindow.get(windowId) ?? new Map<string, Answer>();
    this.#byWindow.set(windowId, answers.set(question, answer));
    return answer;
  }

  /** Forgets every other window. */
  keepOnly(windowIds: ReadonlySet<string>): void {
    for (const id of this.#byWindow.keys()) if (!windowIds.has(id)) this.#byWindow.delete(id);
  }
}
