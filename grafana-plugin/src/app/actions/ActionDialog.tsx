import React, { useState } from 'react';
import { Alert, Button, type ButtonVariant, Field, Input, Modal, Stack } from '@grafana/ui';
import { type ActionError, toActionError } from './action-error';

interface Props {
  readonly title: string;
  /** Names what is acted on, and what happens. */
  readonly children: React.ReactNode;
  readonly confirm: string;
  readonly confirmVariant?: ButtonVariant;
  /** For what cannot be taken back: the words a person has to type first. */
  readonly typed?: string;
  /** Set while the form is not complete. */
  readonly isIncomplete?: boolean;
  /** Does it. What it throws is shown, and the dialog stays. */
  readonly run: () => Promise<void>;
  /** Says of what was thrown what it means here. */
  readonly explain?: (cause: unknown) => ActionError;
  readonly onClose: () => void;
}

/** Asks before it acts, waits for the exporter, and closes only when the exporter has done it. */
export function ActionDialog(props: Props): React.JSX.Element {
  const { title, children, confirm, confirmVariant = 'primary', typed, isIncomplete = false } = props;
  const { run, explain = toActionError, onClose } = props;
  const [words, setWords] = useState('');
  const [isRunning, setRunning] = useState(false);
  const [error, setError] = useState<ActionError>();
  const isConfirmed = typed === undefined || words.trim() === typed;
  const canRun = isConfirmed && !isIncomplete && !isRunning;

  const act = async () => {
    setRunning(true);
    setError(undefined);
    try {
      await run();
    } catch (cause) {
      setError(explain(cause));
      setRunning(false);
      return;
    }
    onClose();
  };

  return (
    <Modal title={title} isOpen onDismiss={isRunning ? undefined : onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (canRun) {
            void act();
          }
        }}
      >
        <Stack direction="column" gap={2}>
          <div>{children}</div>
          {typed !== undefined && (
            <Field label={`Type "${typed}" to confirm`} htmlFor="patchhaven-typed" noMargin>
              <Input
                id="patchhaven-typed"
                value={words}
                autoComplete="off"
                disabled={isRunning}
                onChange={(event) => setWords(event.currentTarget.value)}
              />
            </Field>
          )}
          {error !== undefined && <Refusal error={error} />}
        </Stack>
        <Modal.ButtonRow>
          <Button variant="secondary" fill="outline" onClick={onClose} disabled={isRunning}>
            Leave it as it is
          </Button>
          <Button type="submit" variant={confirmVariant} disabled={!canRun} icon={isRunning ? 'spinner' : undefined}>
            {isRunning ? 'Asking the exporter …' : confirm}
          </Button>
        </Modal.ButtonRow>
      </form>
    </Modal>
  );
}

function Refusal({ error }: { readonly error: ActionError }): React.JSX.Element {
  return (
    <Alert title={error.title} severity="error" bottomSpacing={0}>
      <div>{error.message}</div>
      {error.details.length > 0 && (
        <ul>
          {error.details.map((detail) => (
            <li key={detail}>{detail}</li>
          ))}
        </ul>
      )}
    </Alert>
  );
}
