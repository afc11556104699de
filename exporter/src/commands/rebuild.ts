import type { CliIo } from '../cli.ts';
import type { Clock } from '../domain/time.ts';
import type { PatchStore } from '../store/patch-store.ts';

/** Forgets saved states, so that the next start folds the whole log again. The log itself is not touched. */
export async function rebuild(
  store: Pick<PatchStore, 'dropStates' | 'appendAudit'>,
  clock: Clock,
  io: Pick<CliIo, 'out'>,
): Promise<0> {
  await store.dropStates();
  await store.appendAudit({
    at: clock.now(),
    actor: 'command line',
    action: 'state.rebuild',
    target: 'states',
    outcome: 'done',
  });
  io.out('Saved states are gone; restart the exporter to fold the log again.\n');
  return 0;
}
