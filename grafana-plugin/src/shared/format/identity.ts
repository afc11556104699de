/** Why a device is ambiguous: several instances fit it, or it and other devices fit the same one. */
export function ambiguityText(device: string, candidates: readonly string[]): string {
  const others = candidates.filter((candidate) => candidate !== device);
  return others.length === candidates.length
    ? `Could be ${candidates.join(', ')}`
    : `Fits the same instance as ${others.join(', ')}`;
}
