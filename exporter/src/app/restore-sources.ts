import type { SourceBoard, SourceDeclaration } from '../fleet/source-board.ts';
import type { PatchStore } from '../store/patch-store.ts';

/** A restart does not make a source unread: its last good runs count by their own age. */
export async function restoreSources(
  board: SourceBoard,
  store: PatchStore,
  declarations: readonly SourceDeclaration[],
): Promise<void> {
  for (const { id } of declarations) {
    for (const kind of ['snapshot', 'events'] as const) {
      const run = await store.lastSuccess(id, kind);
      if (run !== undefined) board.recordRun(run);
    }
  }
}
