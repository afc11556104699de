const firstNumber = 0x100;
const lastNumber = 0xd7ff;

/**
 * Keeps the texts of lines that many devices share once. Of a device only the numbers of its lines are kept, as the code
 * units of one short string: 30 bytes in place of 250 where it has six counts.
 */
export class LineDictionary {
  readonly #lines: string[] = [];
  readonly #codes = new Map<string, string>();

  /** Equal tails give equal results. Tails that begin a line when the dictionary is full stay as they are. */
  pack(tails: string): string {
    let packed = '';
    for (let start = 0; start < tails.length;) {
      const end = tails.indexOf('\n', start) + 1;
      const code = this.#codeOf(tails.slice(start, end));
      if (code === undefined) return tails;
      packed += code;
      start = end;
    }
    return flat(packed);
  }

  unpack(packed: string): string {
    // Text as it is printed begins with a comma or a brace.
    if (packed === '' || packed.charCodeAt(0) < firstNumber) return packed;
    let tails = '';
    for (let i = 0; i < packed.length; i += 1) tails += this.#lines[packed.charCodeAt(i) - firstNumber] ?? '';
    return tails;
  }

  #codeOf(line: string): string | undefined {
    const known = this.#codes.get(line);
    if (known !== undefined) return known;
    const number = firstNumber + this.#lines.length;
    if (number > lastNumber) return undefined;
    const code = String.fromCharCode(number);
    // The line is a view into the tails of one device, which it would keep alive.
    const own = Buffer.from(line).toString();
    this.#lines.push(own);
    this.#codes.set(own, code);
    return code;
  }
}

/** Adding up makes a tree of pieces, which costs more memory than what it saves. */
function flat(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
