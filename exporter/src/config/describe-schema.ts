import { z } from 'zod';
import { unwrap } from './schema-walk.ts';
import { isSecretField, secretFileKey } from './secrets.ts';

/** One line of the reference: a key of the file. */
export interface KeyDescription {
  /** `policy.budget.default`, `prometheus[].url`, `identity.templates.<key>.instance`. */
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  /** As it would be written; undefined = none. */
  readonly defaultText: string | undefined;
  readonly secret: boolean;
  readonly text: string;
}

/** Every key below a schema, in the order of the schema. */
export function describeSchema(schema: z.core.$ZodType, path: string): readonly KeyDescription[] {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodArray) return describeSchema(inner._zod.def.element, `${path}[]`);
  if (inner instanceof z.ZodRecord) return describeSchema(inner._zod.def.valueType, `${path}.<key>`);
  if (!(inner instanceof z.ZodObject)) return [];
  return Object.entries<z.core.$ZodType>(inner.shape).flatMap(([key, field]) => {
    const at = path === '' ? key : `${path}.${key}`;
    return [describeKey(field, at), ...describeSchema(field, at)];
  });
}

function describeKey(field: z.core.$ZodType, path: string): KeyDescription {
  const secret = isSecretField(field);
  const key = path.slice(path.lastIndexOf('.') + 1);
  return {
    path,
    type: secret ? 'secret' : typeOf(field),
    required: !z.safeParse(field, undefined).success,
    defaultText: defaultOf(field),
    secret,
    text: (metaOf(field)['description'] ?? '') + (secret ? ` Or \`${secretFileKey(key)}\`.` : ''),
  };
}

function layers(field: z.core.$ZodType): readonly z.core.$ZodType[] {
  const { def } = field._zod;
  const next = 'innerType' in def ? def.innerType : 'in' in def ? def.in : undefined;
  return next === undefined ? [field] : [field, ...layers(next as z.core.$ZodType)];
}

/** What the layers of a field say about it; the outermost wins. */
function metaOf(field: z.core.$ZodType): Readonly<Record<string, string | undefined>> {
  const all = layers(field).map((layer) => (layer instanceof z.ZodType ? layer.meta() : undefined));
  return Object.assign({}, ...all.reverse()) as Readonly<Record<string, string | undefined>>;
}

function defaultOf(field: z.core.$ZodType): string | undefined {
  for (const layer of layers(field))
    if (layer instanceof z.ZodDefault || layer instanceof z.ZodPrefault) {
      const value = layer._zod.def.defaultValue;
      const isEmptyMap = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
      return isEmptyMap ? undefined : typeof value === 'string' ? value : JSON.stringify(value);
    }
  return undefined;
}

function typeOf(field: z.core.$ZodType): string {
  const named = metaOf(field)['typeName'];
  if (named !== undefined) return named;
  const inner = unwrap(field);
  if (inner instanceof z.ZodEnum) return inner.options.map((option) => `\`${String(option)}\``).join(', ');
  if (inner instanceof z.ZodArray) return `list of ${plural(typeOf(inner._zod.def.element))}`;
  if (inner instanceof z.ZodObject || inner instanceof z.ZodRecord) return 'map';
  if (inner instanceof z.ZodBoolean) return '`true`, `false`';
  if (inner instanceof z.ZodNumber) return inner.format === 'safeint' ? 'whole number' : 'number';
  return 'text';
}

function plural(type: string): string {
  return type === 'map' ? 'maps' : type === 'text' ? 'texts' : type;
}
