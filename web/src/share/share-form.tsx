import { useSignal } from '@preact/signals';
import type { ShareCreated } from '../../../shared/share-link.ts';
import { errorText } from '../gateway/gateway-error.ts';
import { makeShare } from '../gateway/share-requests.ts';
import { shareTexts } from '../texts/en/share.ts';
import { Button } from '../ui/button.tsx';
import { CheckField, SelectField, TextField } from '../ui/field.tsx';
import { Notice } from '../ui/notice.tsx';
import { DURATIONS, newShareDraft, type ShareDraft, shareInputOf } from './share-draft.ts';

type ShareFormProps = {
  readonly camera: string;
  readonly hasSubstream: boolean;
  readonly onCreated: (created: ShareCreated) => void;
};

export function ShareForm({ camera, hasSubstream, onCreated }: ShareFormProps) {
  const draft = useSignal<ShareDraft>(newShareDraft);
  const failure = useSignal('');
  const { label, duration, until, hasWindow, from, to, maxViewers, audio, quality } = draft.value;
  const change = (part: Partial<ShareDraft>) => {
    draft.value = { ...draft.value, ...part };
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    try {
      const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
      onCreated(await makeShare(shareInputOf(camera, draft.value, Date.now(), timeZone)));
    } catch (error) {
      failure.value = errorText(error);
    }
  };
  const words = shareTexts;
  return (
    <form class="form" onSubmit={(event) => void submit(event)}>
      {failure.value && <Notice kind="danger">{failure.value}</Notice>}
      <TextField
        label={words.label}
        hint={words.labelHint}
        value={label}
        placeholder={words.labelExample}
        onInput={(text) => change({ label: text })}
      />
      <div class="form-row">
        <SelectField
          label={words.ends}
          value={duration}
          options={DURATIONS.map((name) => [name, words.durations[name]] as const)}
          onChange={(name) => change({ duration: name })}
        />
        {duration === 'until' && (
          <TextField
            label={words.until}
            type="datetime-local"
            value={until}
            required
            onInput={(text) => change({ until: text })}
          />
        )}
        <TextField
          label={words.maxViewers}
          type="number"
          min={1}
          max={1000}
          value={maxViewers}
          placeholder={words.anyNumber}
          onInput={(text) => change({ maxViewers: text })}
        />
        <SelectField
          label={words.quality}
          value={quality}
          disabled={!hasSubstream}
          options={[
            ['main', words.qualities.main],
            ['sub', words.qualities.sub],
          ]}
          onChange={(name) => change({ quality: name })}
        />
      </div>
      <CheckField label={words.audio} checked={audio} onChange={(checked) => change({ audio: checked })} />
      <CheckField label={words.window} checked={hasWindow} onChange={(checked) => change({ hasWindow: checked })} />
      {hasWindow && (
        <div class="form-row">
          <TextField label={words.from} type="time" required value={from} onInput={(text) => change({ from: text })} />
          <TextField label={words.to} type="time" required value={to} onInput={(text) => change({ to: text })} />
        </div>
      )}
      <div class="dialog-foot">
        <Button look="primary" icon="link" submit>
          {words.make}
        </Button>
      </div>
    </form>
  );
}
