import { signal } from '@preact/signals';
import { confirmPersonWith } from '../gateway/request.ts';

/** The password is asked for again; called once with whether it was given. */
export const passwordQuestion = signal<((given: boolean) => void) | undefined>(undefined);

confirmPersonWith(
  () =>
    new Promise((resolve) => {
      const before = passwordQuestion.value;
      passwordQuestion.value = (given) => {
        passwordQuestion.value = undefined;
        before?.(given);
        resolve(given);
      };
    }),
);
