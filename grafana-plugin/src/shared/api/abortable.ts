import type { Observable } from 'rxjs';
import { aborted } from './exporter-error';

/** The last value of an observable; unsubscribes and rejects as soon as the signal says so. */
export function toAbortable<T>(source: Observable<T>, signal?: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    if (signal?.aborted) {
      reject(aborted(signal.reason));
      return;
    }
    let last: { readonly value: T } | undefined;
    const subscription = source.subscribe({
      next: (value) => {
        last = { value };
      },
      error: (error: unknown) => {
        signal?.removeEventListener('abort', onAbort);
        reject(error);
      },
      complete: () => {
        signal?.removeEventListener('abort', onAbort);
        if (last === undefined) {
          reject(aborted());
        } else {
          resolve(last.value);
        }
      },
    });
    function onAbort() {
      subscription.unsubscribe();
      reject(aborted(signal?.reason));
    }
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
