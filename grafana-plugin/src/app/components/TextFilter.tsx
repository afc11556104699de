import React, { useEffect, useState } from 'react';
import { FilterInput } from '@grafana/ui';
import { useUrlParam } from '../hooks/useUrlParam';

/** Milliseconds without a key before the list is asked: each letter would be a question over the whole fleet. */
const typingMs = 300;

/** Narrows a list by what is typed; the parameter `text` of the URL. */
export function TextFilter({
  label,
  placeholder,
}: {
  readonly label: string;
  readonly placeholder: string;
}): React.JSX.Element {
  const [text, setText] = useUrlParam('text');
  // What is typed and for which filter of the URL: when that changes from outside, the field follows it.
  const [typed, setTyped] = useState({ from: text ?? '', value: text ?? '' });
  const value = typed.from === (text ?? '') ? typed.value : (text ?? '');
  useEffect(() => {
    if (value === (text ?? '')) {
      return;
    }
    const timer = setTimeout(() => {
      setTyped({ from: value, value });
      setText(value);
    }, typingMs);
    return () => clearTimeout(timer);
  }, [value, text, setText]);
  return (
    <FilterInput
      aria-label={label}
      placeholder={placeholder}
      width={36}
      value={value}
      onChange={(next) => setTyped({ from: text ?? '', value: next })}
    />
  );
}
