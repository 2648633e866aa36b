import { reportCardTexts } from '../texts/en/report-card.ts';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { ProbePicture } from './probe-picture.tsx';
import { ProbeSteps } from './probe-steps.tsx';
import { ReportCard } from './report-card.tsx';
import { useProbe } from './use-probe.ts';

/** The report card of a camera that is saved, with its stored password, when somebody asks for it. */
export function CameraReport({ camera, url }: { readonly camera: string; readonly url: string }) {
  const { progress, start } = useProbe();
  const now = progress.value;
  const running = now !== undefined && !now.report && now.failure === undefined;
  return (
    <section class="card" aria-label={reportCardTexts.title}>
      <h2>{reportCardTexts.title}</h2>
      {!now && <p class="quiet">{reportCardTexts.about}</p>}
      {now && <ProbeSteps progress={now} />}
      {now?.failure && <Notice kind="danger">{now.failure}</Notice>}
      {now?.report?.picture && <ProbePicture picture={now.report.picture} />}
      {now?.report && <ReportCard report={now.report} />}
      <div>
        <Button disabled={running} onClick={() => start({ url, camera })}>
          {reportCardTexts.run}
        </Button>
      </div>
    </section>
  );
}
