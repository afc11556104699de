import type { Caller } from '../context/CallerContext';

export interface Permission {
  /** May cancel and open windows, map devices. The exporter checks the signed user with each request. */
  readonly canOperate: boolean;
  /** Why not, for people; undefined while it is not known yet. */
  readonly why?: string;
}

const grafanaOperators: readonly string[] = ['Editor', 'Admin'];
const exporterOperators: readonly string[] = ['operator', 'admin'];

/** Both have to agree: Grafana's proxy asks for its role, the exporter for its own. Unknown is no. */
export function permissionOf(grafanaRole: string, caller: Caller): Permission {
  if (!grafanaOperators.includes(grafanaRole)) {
    return { canOperate: false, why: 'You can look, not act: that needs the role Editor or Admin in Grafana.' };
  }
  if (caller.status === 'loading') {
    return { canOperate: false };
  }
  if (caller.status === 'error') {
    return { canOperate: false, why: `The exporter did not say what you may do. ${caller.error.message}` };
  }
  const { actor, role } = caller.data.caller;
  if (exporterOperators.includes(role)) {
    return { canOperate: true };
  }
  return {
    canOperate: false,
    why: `You can look, not act: the exporter gives you (${actor}) the role ${role}. An administrator sets this with api.grafana.roles in its configuration.`,
  };
}
