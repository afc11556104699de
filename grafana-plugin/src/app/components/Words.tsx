import React from 'react';
import { rfc3339 } from '../../shared/format/time';
import { Moment } from './Time';

interface Props {
  /** A sentence of the exporter. Its times are RFC 3339: exact, but not for people. */
  readonly text: string;
  /** A moment shown beside the sentence, RFC 3339: times of its day are shown without the date. */
  readonly near?: string;
}

/** A sentence with each of its times in the user's zone and format. */
export function Words({ text, near }: Props): React.JSX.Element {
  return (
    <>
      {text
        .split(rfc3339)
        .map((part, index) =>
          index % 2 === 1 ? <Moment key={index} at={part} {...(near !== undefined && { near })} /> : part,
        )}
    </>
  );
}
