import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { GatewayView } from '../../../shared/api.ts';
import { gatewaySentence } from '../gateway/gateway-sentence.ts';
import { ask } from '../gateway/request.ts';
import { Notice } from '../ui/notice.tsx';

const ASK_EVERY_MS = 20_000;

/** What is wrong with the gateway itself, on every page of those who can do something about it. */
export function GatewayProblem() {
  const sentence = useSignal('');
  useEffect(() => {
    const look = (): void => {
      ask<GatewayView>('GET', '/api/gateway').then(
        ({ problem }) => {
          sentence.value = problem ? gatewaySentence(problem) : '';
        },
        () => undefined,
      );
    };
    look();
    const timer = setInterval(look, ASK_EVERY_MS);
    return () => clearInterval(timer);
  }, [sentence]);
  if (sentence.value === '') return null;
  return (
    <div class="gateway-problem">
      <Notice kind="danger">{sentence.value}</Notice>
    </div>
  );
}
