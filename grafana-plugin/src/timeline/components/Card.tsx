import { css } from '@emotion/css';
import React, { type ReactNode, useLayoutEffect, useRef } from 'react';
import type { GrafanaTheme2 } from '@grafana/data';
import { IconButton, Portal, useStyles2 } from '@grafana/ui';

export interface Anchor {
  readonly clientX: number;
  readonly clientY: number;
}

interface Props {
  readonly anchor: Anchor;
  readonly label: string;
  /** A pinned card takes the focus and has links; one that follows the pointer lets it through. */
  readonly pinned: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

const gapPx = 12;

/** The floating card beside a point, kept inside of the browser's window. */
export function Card({ anchor, label, pinned, onClose, children }: Props): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const ref = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    const card = ref.current;
    if (!card) {
      return;
    }
    const { width, height } = card.getBoundingClientRect();
    const left =
      anchor.clientX + gapPx + width > window.innerWidth ? anchor.clientX - gapPx - width : anchor.clientX + gapPx;
    const top = Math.min(anchor.clientY + gapPx, window.innerHeight - height - 4);
    card.style.transform = `translate(${Math.max(4, left)}px, ${Math.max(4, top)}px)`;
  });

  useLayoutEffect(() => {
    if (!pinned) {
      return;
    }
    ref.current?.focus();
    const closeOutside = (event: MouseEvent) => {
      if (event.target instanceof Node && !ref.current?.contains(event.target)) {
        onClose();
      }
    };
    document.addEventListener('mousedown', closeOutside, true);
    return () => document.removeEventListener('mousedown', closeOutside, true);
  }, [pinned, onClose]);

  const closeOnEscape = (event: React.KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      onClose();
    }
  };
  if (!pinned) {
    return (
      <Portal>
        <div ref={ref} className={styles.hover} role="tooltip">
          {children}
        </div>
      </Portal>
    );
  }
  return (
    <Portal>
      <div ref={ref} className={styles.pinned} role="dialog" aria-label={label} tabIndex={-1} onKeyDown={closeOnEscape}>
        <div className={styles.close}>
          <IconButton name="times" size="md" aria-label="Close" onClick={onClose} />
        </div>
        {children}
      </div>
    </Portal>
  );
}

const getStyles = (theme: GrafanaTheme2) => {
  const card = {
    position: 'fixed',
    top: 0,
    left: 0,
    zIndex: theme.zIndex.tooltip,
    width: 'max-content',
    maxWidth: 420,
    padding: theme.spacing(1),
    background: theme.colors.background.elevated,
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
    boxShadow: theme.shadows.z2,
    color: theme.colors.text.primary,
    fontSize: theme.typography.bodySmall.fontSize,
  } as const;
  return {
    hover: css({ ...card, pointerEvents: 'none' }),
    pinned: css({
      ...card,
      boxShadow: theme.shadows.z3,
      paddingRight: theme.spacing(4),
      maxHeight: '60vh',
      overflowY: 'auto',
      userSelect: 'text',
      '&:focus': { outline: 'none' },
    }),
    close: css({ position: 'absolute', top: theme.spacing(1), right: theme.spacing(0.5) }),
  };
};
