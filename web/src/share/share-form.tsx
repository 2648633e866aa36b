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
  return (
    <form class="form" onSubmit={(event) => void submit(event)}>
      {failure.value && <Notice kind="danger">{failure.value}</Notice>}
      <TextField
        label={shareTexts.label}
        hint={shareTexts.labelHint}
        value={label}
        placeholder={shareTexts.labelExample}
        onInput={(text) => change({ label: text })}
      />
      <div class="form-row">
        <SelectField
          label={shareTexts.ends}
          value={duration}
          options={DURATIONS.map((name) => [name, shareTexts.durations[name]] as const)}
          onChange={(name) => change({ duration: name })}
        />
        {duration === 'until' && (
          <TextField
            label={shareTexts.until}
            type="datetime-local"
            value={until}
            required
            onInput={(text) => change({ until: text })}
          />
        )}
        <TextField
          label={shareTexts.maxViewers}
          type="number"
          min={1}
          max={1000}
          value={maxViewers}
          placeholder={shareTexts.anyNumber}
          onInput={(text) => change({ maxViewers: text })}
        />
        <SelectField
          label={shareTexts.quality}
          value={quality}
          disabled={!hasSubstream}
          options={[
            ['main', shareTexts.qualities.main],
            ['sub', shareTexts.qualities.sub],
          ]}
          onChange={(name) => change({ quality: name })}
        />
      </div>
      <CheckField label={shareTexts.audio} checked={audio} onChange={(checked) => change({ audio: checked })} />
      <CheckField
        label={shareTexts.window}
        checked={hasWindow}
        onChange={(checked) => change({ hasWindow: checked })}
      />
      {hasWindow && (
        <div class="form-row">
          <TextField
            label={shareTexts.from}
            type="time"
            required
            value={from}
            onInput={(text) => change({ from: text })}
          />
          <TextField label={shareTexts.to} type="time" required value={to} onInput={(text) => change({ to: text })} />
        </div>
      )}
      <div class="dialog-foot">
        <Button look="primary" icon="link" submit>
          {shareTexts.make}
        </Button>
      </div>
    </form>
  );
}
