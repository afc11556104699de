import React, { useState } from 'react';
import { Input } from '@grafana/ui';

interface Props {
  readonly id: string;
  readonly value: string;
  readonly onCommit: (value: string) => void;
  readonly width: number;
  readonly placeholder?: string;
  readonly type?: 'text' | 'number';
}

/** A text that takes effect on Enter or when it is left, so that nothing is read for each letter. */
export function CommitInput({ value, onCommit, ...rest }: Props): React.JSX.Element {
  const [typed, setTyped] = useState<string>();
  const commit = () => {
    const text = typed?.trim();
    setTyped(undefined);
    if (text !== undefined && text !== value) {
      onCommit(text);
    }
  };
  return (
    <Input
      {...rest}
      value={typed ?? value}
      onChange={({ currentTarget }) => setTyped(currentTarget.value)}
      onBlur={commit}
      onKeyDown={({ key }) => {
        if (key === 'Enter') {
          commit();
        }
      }}
    />
  );
}
