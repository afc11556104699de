import { config } from '@grafana/runtime';

export interface Permission {
  /** May cancel and open windows, map devices. The exporter checks the signed user again. */
  readonly canOperate: boolean;
  /** Why not, for people. */
  readonly why?: string;
}

const operators: readonly string[] = ['Editor', 'Admin'];

/** What the Grafana role of this user allows: everybody reads, editors and administrators act. */
export function usePermission(): Permission {
  if (operators.includes(config.bootData.user.orgRole)) {
    return { canOperate: true };
  }
  return { canOperate: false, why: 'You can look, not act: that needs the role Editor or Admin in Grafana.' };
}
