/** Why a down device got no quiet window. Closed vocabulary: metric label, ledger, explain page. */
export const refusalReasons = [
  'no_evidence',
  'evidence_expired',
  'evidence_after_outage',
  'evidence_spent',
  'already_firing',
  'too_late',
  'capped',
  'budget_spent',
  'source_stale',
  'contradicted',
  'never_suppress',
] as const;
export type RefusalReason = (typeof refusalReasons)[number];
