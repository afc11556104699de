import { z } from 'zod';

/** Takes optional, default, prefault and transform off a schema: what remains says how the YAML looks. */
export function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return unwrap(schema._zod.def.innerType);
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return unwrap(schema._zod.def.innerType);
  return schema instanceof z.ZodPipe ? unwrap(schema._zod.def.in) : schema;
}

/** The keys an object at `path` below `schema` may have; empty when that is no object. */
export function knownKeys(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  let at = unwrap(schema);
  for (const part of path) {
    const next = child(at, part);
    if (next === undefined) return [];
    at = unwrap(next);
  }
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}

function child(schema: z.core.$ZodType, part: PropertyKey): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodObject) {
    const shape: Readonly<Record<string, z.core.$ZodType | undefined>> = schema.shape;
    return shape[String(part)];
  }
  if (schema instanceof z.ZodArray) return schema._zod.def.element;
  return schema instanceof z.ZodRecord ? schema._zod.def.valueType : undefined;
}
