import { isIP } from 'node:net';

/** The text without blanks around it; undefined for an empty or missing one. */
export function textOf(text: string | null | undefined): string | undefined {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? undefined : trimmed;
}

/** The parts of a list that a vendor keeps in one text field, each once. */
export function splitWords(text: string | null | undefined, separator: RegExp): readonly string[] {
  const parts = (text ?? '').split(separator).map((part) => part.trim());
  return [...new Set(parts.filter((part) => part !== ''))];
}

/** Addresses that can tell one machine from another: no link-local, no loopback, no sentence that says why there is none. */
export function usableAddresses(addresses: readonly string[]): readonly string[] {
  return addresses.filter(
    (address) => isIP(address) !== 0 && !/^(fe80:|169\.254\.|127\.|::1$|0\.0\.0\.0$)/i.test(address),
  );
}

/** Host name and, where the domain is one of the DNS, the full name; a domain without a dot is a workgroup. */
export function namesOf(hostName: string | undefined, domain: string | undefined): readonly string[] {
  if (hostName === undefined) return [];
  const full = domain !== undefined && !hostName.includes('.') && /^[\w-]+(\.[\w-]+)+$/.test(domain);
  return full ? [hostName, `${hostName}.${domain}`] : [hostName];
}
