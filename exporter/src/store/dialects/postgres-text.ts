/** PostgreSQL's text cannot hold the character NUL; one odd name must not cost its whole batch. */
export function storable<T>(value: T): T | string {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value;
}
