/** Words in which the engines' table definitions differ. */
export interface SchemaWords {
  /** Column type of text that is compared and sorted byte by byte. */
  readonly key: string;
  readonly real: string;
  /** Column type of a position that grows with each row, as primary key. */
  readonly position: string;
  readonly wholeNumber: string;
  /** Statements that only this engine needs, by migration version: how the event log finds duplicates and rows. */
  readonly eventLog: Readonly<Record<number, readonly string[]>>;
}

/** One step of the schema. Never changed once released: the next step is the next number. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly statements: (words: SchemaWords) => readonly string[];
}
