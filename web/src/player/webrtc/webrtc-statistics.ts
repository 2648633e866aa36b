import type { TransportStatistics } from '../statistics.ts';

type InboundReport = {
  type: string;
  kind?: string;
  bytesReceived?: number;
  framesDropped?: number;
  packetsLost?: number;
  packetsReceived?: number;
  jitterBufferDelay?: number;
  jitterBufferEmittedCount?: number;
  codecId?: string;
  nominated?: boolean;
  currentRoundTripTime?: number;
};

/** Reads the statistics of one picture, and of its sound if it has one. */
export function readReports(reports: RTCStatsReport): Omit<TransportStatistics, 'milestones'> {
  const all = [...(reports as unknown as Map<string, InboundReport>).values()];
  const inbound = all.find((report) => report.type === 'inbound-rtp' && report.kind === 'video');
  const audio = all.find((report) => report.type === 'inbound-rtp' && report.kind === 'audio');
  const pair = all.find((report) => report.type === 'candidate-pair' && report.nominated);
  const codec = inbound?.codecId ? (reports.get(inbound.codecId) as { mimeType?: string } | undefined) : undefined;
  const { packetsLost = 0, packetsReceived = 0, jitterBufferEmittedCount = 0 } = inbound ?? {};
  return {
    bytesReceived: inbound?.bytesReceived ?? 0,
    audioBytesReceived: audio?.bytesReceived ?? 0,
    framesDropped: inbound?.framesDropped ?? 0,
    ...(codec?.mimeType && { codec: codec.mimeType.replace('video/', '') }),
    ...(packetsReceived > 0 && { lossPercent: (packetsLost / (packetsLost + packetsReceived)) * 100 }),
    ...(pair?.currentRoundTripTime !== undefined && { roundTripMs: pair.currentRoundTripTime * 1000 }),
    ...(jitterBufferEmittedCount > 0 && {
      jitterBufferMs: ((inbound?.jitterBufferDelay ?? 0) / jitterBufferEmittedCount) * 1000,
    }),
  };
}

/** RTP time of the newest picture that was handed to the video. */
export function newestStampOf(receiver: RTCRtpReceiver | undefined): number | undefined {
  const sources = receiver?.getSynchronizationSources?.() ?? [];
  return sources.toSorted((one, other) => other.timestamp - one.timestamp)[0]?.rtpTimestamp;
}
