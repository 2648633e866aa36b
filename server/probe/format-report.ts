import type { ProbeReport } from '../../shared/probe-report.ts';

const STEPS: Readonly<Record<ProbeReport['steps'][number]['step'], string>> = {
  resolving: 'Finding the camera',
  connecting: 'Connecting',
  asking: 'Asking for the stream',
  'waiting-for-picture': 'Waiting for the picture',
  'waiting-for-key-frame': 'Waiting for the first key frame',
};

/** The report card for a terminal. */
export function formatReport(report: ProbeReport): string {
  const lines = [report.url, ''];
  for (const { step, ms } of report.steps) lines.push(row(STEPS[step], `${ms} ms`));
  if (!report.error) lines.push(row('First picture after', `${report.totalMs} ms`));
  const { video, audio, substream } = report;
  if (video) {
    lines.push(
      '',
      row(
        'Picture',
        [video.codec.toUpperCase(), video.profile, video.level && `level ${video.level}`].filter(Boolean).join(' '),
      ),
    );
    if (video.width) lines.push(row('Size', `${video.width} x ${video.height}`));
    if (video.fps) lines.push(row('Rate', `${video.fps} pictures a second, ${video.bitrateKbps} kbit/s`));
    lines.push(
      row(
        'Key frames',
        video.keyFrameIntervalMs ? `every ${(video.keyFrameIntervalMs / 1000).toFixed(1)} s` : 'only one seen',
      ),
    );
    if (video.hasBFrames !== undefined) lines.push(row('B-frames', video.hasBFrames ? 'yes' : 'no'));
  }
  if (audio)
    lines.push(
      row(
        'Sound',
        `${audio.codec.toUpperCase()}, ${audio.sampleRateHz} Hz, ${audio.channels === 1 ? 'mono' : `${audio.channels} channels`}`,
      ),
    );
  if (report.clockDriftPpm !== undefined) lines.push(row('Clock', `${report.clockDriftPpm} ppm against ours`));
  if (substream)
    lines.push(
      row(
        'Small stream',
        `${substream.url}${substream.video?.width ? ` (${substream.video.width} x ${substream.video.height})` : ''}`,
      ),
    );
  for (const { severity, message } of report.suggestions)
    lines.push('', `${severity === 'warning' ? 'Change: ' : 'Note: '}${message}`);
  if (report.error) lines.push('', report.error.message);
  return `${lines.join('\n')}\n`;
}

function row(name: string, value: string): string {
  return `  ${name.padEnd(34)}${value}`;
}
