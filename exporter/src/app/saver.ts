import type { Fleet } from '../fleet/fleet.ts';
import type { PatchStore } from '../store/patch-store.ts';

/** Small enough that turning one into text blocks nobody. */
const batchSize = 500;

/**
 * Writes changed device states back, so that a start folds only what came after. Losing them loses nothing but time:
 * folding an event once more onto a state that has it already changes nothing.
 */
export function createSaver(fleet: Fleet, store: PatchStore, savedSeq: number): () => Promise<void> {
  let position = savedSeq;
  return async () => {
    const { states, seq } = fleet.takeUnsaved();
    if (states.length === 0) return;
    let saved = 0;
    try {
      for (; saved < states.length; saved += batchSize) {
        const last = saved + batchSize >= states.length;
        // The log position moves only with the last batch: until then a restart has to fold these events again.
        await store.saveStates(states.slice(saved, saved + batchSize), last ? seq : position);
      }
      position = seq;
    } catch (error) {
      fleet.returnUnsaved(states.slice(saved));
      throw error;
    }
  };
}
