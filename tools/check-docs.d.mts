export interface BrokenReference {
  /** From the root of the repository. */
  readonly file: string;
  readonly line: number;
  readonly reference: string;
}
export function anchorOf(heading: string): string;
export function findBrokenReferences(root: string): BrokenReference[];
