import React from 'react';
import { Moment } from './Time';

interface Props {
  /** A sentence of the exporter. Its times are RFC 3339: exact, but not for people. */
  readonly text: string;
  /** A moment shown beside the sentence, RFC 3339: times of its day are shown without the date. */
  readonly near?: string;
}

const rfc3339 = /(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2}))/;

/** A sentence with each of its times in the user's zone and format. */
export function Words({ text, near }: Props): React.JSX.Element {
  return (
    <>
      {text.split(rfc3339).map((part, index) =>
        // Splitting by one group puts what it matched at the odd places.
        index % 2 === 1 ? <Moment key={index} at={part} {...(near !== undefined && { near })} /> : part,
      )}
    </>
  );
}
