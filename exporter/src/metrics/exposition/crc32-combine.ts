const polynomial = 0xedb88320;

/** a(x) · b(x) modulo the CRC-32 polynomial, bit-reflected as zlib keeps it. */
function multiply(a: number, b: number): number {
  let product = 0;
  let factor = b;
  for (let bit = 0x80000000; bit !== 0; bit >>>= 1) {
    if ((a & bit) !== 0) product ^= factor;
    factor = (factor & 1) === 0 ? factor >>> 1 : (factor >>> 1) ^ polynomial;
  }
  return product >>> 0;
}

/** `bytePowers[k]` = x^(8·2^k): shifts a CRC past 2^k zero bytes. 53 entries cover every safe integer. */
const bytePowers: readonly number[] = (() => {
  let power = 0x00800000;
  return Array.from({ length: 53 }, () => {
    const current = power;
    power = multiply(power, power);
    return current;
  });
})();

function shift(crc: number, byteCount: number): number {
  let shifted = crc;
  let rest = byteCount;
  for (const power of bytePowers) {
    if (rest === 0) break;
    if (rest % 2 === 1) shifted = multiply(power, shifted);
    rest = Math.floor(rest / 2);
  }
  return shifted;
}

/**
 * CRC-32 of two pieces in a row, from the CRC of each and the second one's length in bytes.
 * Source: zlib crc32.c `crc32_combine64`, 1.3.
 */
export function crc32Combine(first: number, second: number, secondBytes: number): number {
  return (shift(first, secondBytes) ^ second) >>> 0;
}
