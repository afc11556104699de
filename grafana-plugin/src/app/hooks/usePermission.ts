import { config } from '@grafana/runtime';
import { useCaller } from '../context/CallerContext';
import { type Permission, permissionOf } from './permission';

/** What this user may do here. */
export function usePermission(): Permission {
  return permissionOf(config.bootData.user.orgRole, useCaller());
}
