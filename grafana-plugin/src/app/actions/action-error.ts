import { toExporterError } from '../../shared/api/exporter-error';

/** What the exporter said against an action: its sentence, then what was wrong with which device or field. */
export interface ActionError {
  readonly title: string;
  readonly message: string;
  readonly details: readonly string[];
}

export function toActionError(cause: unknown): ActionError {
  const error = toExporterError(cause);
  const details = error.fields.map(({ pointer, detail }) => `${pointer.replace(/^\//, '')}: ${detail}`);
  return {
    title: 'Nothing was changed',
    message: error.message,
    details: details.filter((detail) => detail !== error.message),
  };
}
