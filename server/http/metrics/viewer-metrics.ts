import { Counter, Gauge, type Registry } from 'prom-client';
import type { Hub } from '../../hub/hub.ts';
import type { ViewerStatistics } from '../../hub/viewer.ts';
import type { WebrtcOutput } from '../../outputs/webrtc/webrtc-output.ts';

const PER_VIEWER: readonly (readonly [keyof ViewerStatistics, string, string])[] = [
  ['bitrateKbps', 'oriel_viewer_bitrate_kbps', 'What is sent to one viewer.'],
  ['lossPercent', 'oriel_viewer_loss_percent', 'Packets that one viewer reports as lost.'],
  ['roundTripMs', 'oriel_viewer_round_trip_ms', 'Time to one viewer and back.'],
  ['skippedFrames', 'oriel_viewer_skipped_frames', 'Pictures left out for one viewer because it was slow.'],
  ['pictureAgeMs', 'oriel_viewer_picture_age_ms', 'Age of the newest picture when it left for one viewer.'],
];

/** What each viewer gets, read when the metrics are requested. Viewers are only named by their id. */
export function registerViewerMetrics(registry: Registry, hub: Hub): void {
  for (const [field, name, help] of PER_VIEWER) {
    new Gauge({
      name,
      help,
      labelNames: ['camera', 'kind', 'viewer'],
      registers: [registry],
      collect() {
        this.reset();
        for (const viewer of hub.viewers()) {
          const value = viewer.statistics?.()[field];
          if (value !== undefined) this.set({ camera: viewer.camera, kind: viewer.kind, viewer: viewer.id }, value);
        }
      },
    });
  }
}

/** How WebRTC sends, and how much. */
export function registerWebrtcMetrics(registry: Registry, webrtc: Pick<WebrtcOutput, 'statistics'>): void {
  const registers = [registry];
  new Gauge({
    name: 'oriel_webrtc_send_path',
    help: '1 for the way that packets leave by: native (OpenSSL and sendmsg through koffi) or portable.',
    labelNames: ['path'],
    registers,
    collect() {
      this.reset();
      this.set({ path: webrtc.statistics().sendPath }, 1);
    },
  });
  const counts = [
    ['packetsSent', 'oriel_webrtc_packets_sent_total', 'RTP packets sent to browsers.'],
    ['packetsRetransmitted', 'oriel_webrtc_packets_retransmitted_total', 'RTP packets sent again on request.'],
    ['unauthenticated', 'oriel_webrtc_stun_refused_total', 'STUN requests that knew no password.'],
  ] as const;
  for (const [field, name, help] of counts) {
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(webrtc.statistics()[field]);
      },
    });
  }
}
