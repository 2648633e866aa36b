import type { ProbeReport } from '../../../shared/probe-report.ts';
import { cameraSentence } from '../gateway/gateway-sentence.ts';
import { addCameraTexts } from '../texts/en/add-camera.ts';
import { codecTexts } from '../texts/en/codecs.ts';
import { reportCardTexts } from '../texts/en/report-card.ts';
import { tileTexts } from '../texts/en/tile.ts';
import { Notice } from '../ui/notice.tsx';

/** What a look at the camera found out, and what to change in it. */
export function ReportCard({ report }: { readonly report: ProbeReport }) {
  const facts = reportFacts(report);
  return (
    <div class="form">
      {report.error && <Notice kind="danger">{cameraSentence(report.error)}</Notice>}
      {facts.length > 0 && (
        <dl class="facts">
          {facts.map(([name, value]) => (
            <FactRow key={name} name={name} value={value} />
          ))}
        </dl>
      )}
      {report.suggestions.map((suggestion) => (
        <Notice key={suggestion.code} kind={suggestion.severity === 'warning' ? 'warning' : 'plain'}>
          {reportCardTexts.advice[suggestion.code] ?? suggestion.message}
        </Notice>
      ))}
      {!report.error && report.suggestions.length === 0 && <Notice kind="good">{reportCardTexts.perfect}</Notice>}
    </div>
  );
}

function FactRow({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd class="numbers">{value}</dd>
    </>
  );
}

type Fact = readonly [name: string, value: string];

/** Only what is known; an unknown fact has no row. */
export function reportFacts({
  device,
  video,
  audio,
  transport,
  clockDriftPpm,
  substream,
  totalMs,
  error,
}: ProbeReport): Fact[] {
  const rows: (readonly [string, string | undefined])[] = [
    [reportCardTexts.device, device],
    [reportCardTexts.picture, video && pictureText(video)],
    [reportCardTexts.encoding, video && encodingText(video)],
    [reportCardTexts.bitrate, video?.bitrateKbps === undefined ? undefined : tileTexts.bitrate(video.bitrateKbps)],
    [reportCardTexts.keyFrames, intervalText(video?.keyFrameIntervalMs)],
    [
      reportCardTexts.bFrames,
      video?.hasBFrames === undefined ? undefined : video.hasBFrames ? reportCardTexts.yes : reportCardTexts.no,
    ],
    [reportCardTexts.sound, audio && `${codecTexts[audio.codec]}, ${audio.sampleRateHz / 1000} kHz`],
    [reportCardTexts.substream, substream && (substream.video ? pictureText(substream.video) : reportCardTexts.found)],
    [reportCardTexts.transport, transport?.toUpperCase()],
    [reportCardTexts.drift, clockDriftPpm === undefined ? undefined : reportCardTexts.ppm(clockDriftPpm)],
    [reportCardTexts.total, error ? undefined : addCameraTexts.seconds((totalMs / 1000).toFixed(1))],
  ];
  return rows.filter((row): row is Fact => Boolean(row[1]));
}

type Video = NonNullable<ProbeReport['video']>;

function pictureText({ width, height, fps }: Video): string {
  const size = width && height ? `${width} × ${height}` : undefined;
  return [size, fps && reportCardTexts.fps(fps)].filter(Boolean).join(', ');
}

function encodingText({ codec, profile, level }: Video): string {
  return [codecTexts[codec], profile, level && reportCardTexts.level(level)].filter(Boolean).join(', ');
}

function intervalText(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : reportCardTexts.every((ms / 1000).toFixed(1));
}
