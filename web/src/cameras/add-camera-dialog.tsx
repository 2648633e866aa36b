import { addCameraTexts } from '../texts/en/add-camera.ts';
import { commonTexts } from '../texts/en/common.ts';
import { gridTexts } from '../texts/en/grid.ts';
import '../styles/cameras.css';
import { useComputed, useSignal } from '@preact/signals';
import { recognise } from '../../../shared/recognise.ts';
import { hideFirstCameraCard } from '../dashboard/first-camera.ts';
import { cameras } from '../dashboard/live.ts';
import { addCamera } from '../gateway/camera-requests.ts';
import { errorText } from '../gateway/gateway-error.ts';
import { toast } from '../page/announce.ts';
import { closeDialog } from '../page/page-dialog.ts';
import { navigate } from '../page/route.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Notice } from '../ui/notice.tsx';
import { AddressStep } from './address-step.tsx';
import { type CameraDraft, draftFrom, emptyDraft, withoutCredentials } from './camera-draft.ts';
import { Discovery } from './discovery.tsx';
import { NameStep } from './name-step.tsx';
import { ProbePicture } from './probe-picture.tsx';
import { ProbeSteps } from './probe-steps.tsx';
import { ReportCard } from './report-card.tsx';
import { suggestedName } from './suggested-name.ts';
import { useProbe } from './use-probe.ts';

/** Paste anything, see the camera being looked at, name it: under a minute. */
export function AddCameraDialog({ address }: { readonly address: string }) {
  const draft = useSignal<CameraDraft>({ ...emptyDraft, address });
  const recognised = useComputed(() => recognise(draft.value.address));
  const target = useComputed(() => draftFrom(draft.value, recognised.value));
  const { progress, start, reset } = useProbe();
  const failure = useSignal('');
  const report = progress.value?.report;
  const running = progress.value !== undefined && !report && progress.value.failure === undefined;
  const change = (part: Partial<CameraDraft>) => {
    if (Object.keys(part).length === 0) return;
    draft.value = { ...draft.value, ...part };
    if (progress.value) reset();
  };
  const look = (event: Event) => {
    event.preventDefault();
    change(withoutCredentials(recognised.value));
    const to = target.value;
    if (to) start({ url: to.url, ...to.credentials });
  };
  const save = async (name: string, group: string) => {
    const to = target.value;
    if (!to) return;
    failure.value = '';
    const substream = report?.substream?.url ?? (report?.error ? to.substream : undefined);
    try {
      const added = await addCamera({
        name,
        url: to.url,
        ...to.credentials,
        ...(group && { group }),
        ...(substream && { substream }),
      });
      hideFirstCameraCard();
      closeDialog();
      toast(addCameraTexts.added(added.name));
      navigate(`/?open=${encodeURIComponent(added.id)}`);
    } catch (error) {
      failure.value = errorText(error);
    }
  };
  return (
    <Dialog title={gridTexts.addCamera} onClose={closeDialog}>
      <form class="form" onSubmit={look}>
        <AddressStep draft={draft.value} recognised={recognised.value} error={report?.error?.code} onChange={change} />
        {!report && !running && <Discovery onPick={(found) => change({ address: found.url })} />}
        {progress.value && <ProbeSteps progress={progress.value} />}
        {progress.value?.failure && <Notice kind="danger">{progress.value.failure}</Notice>}
        {report?.error && <ReportCard report={report} />}
        {(!report || report.error) && (
          <div class="dialog-foot">
            <Button onClick={running ? reset : closeDialog}>{commonTexts.cancel}</Button>
            <Button look="primary" submit disabled={running || !target.value}>
              {report?.error ? commonTexts.retry : addCameraTexts.look}
            </Button>
          </div>
        )}
      </form>
      {report?.picture && <ProbePicture picture={report.picture} />}
      {failure.value && <Notice kind="danger">{failure.value}</Notice>}
      {report && (
        <NameStep
          suggestion={suggestedName(
            report,
            recognised.value,
            target.value?.brandName,
            (cameras.value ?? []).map((camera) => camera.name),
          )}
          anyway={report.error !== undefined}
          onSave={save}
        />
      )}
      {report && !report.error && <ReportCard report={report} />}
    </Dialog>
  );
}
