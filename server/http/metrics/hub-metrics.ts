import { Counter, Gauge, type Registry } from 'prom-client';
import type { Hub } from '../../hub/hub.ts';

/** The figures of the hub, read when the metrics are requested. */
export function registerHubMetrics(registry: Registry, hub: Hub): void {
  const registers = [registry];
  new Gauge({
    name: 'oriel_viewers',
    help: 'Viewers that watch now.',
    labelNames: ['camera', 'kind'],
    registers,
    collect() {
      this.reset();
      for (const { camera, kind } of hub.viewers()) this.inc({ camera, kind });
    },
  });
  new Gauge({
    name: 'oriel_sources_running',
    help: 'Camera connections that are up or being tried.',
    registers,
    collect() {
      this.set(hub.runningSources);
    },
  });
  new Gauge({
    name: 'oriel_stream_state',
    help: '1 for the state that a stream is in.',
    labelNames: ['stream', 'state'],
    registers,
    collect() {
      this.reset();
      for (const { key, state } of hub.streams()) this.set({ stream: key, state: state.phase }, 1);
    },
  });
  const counts = [
    ['videoUnits', 'oriel_stream_video_frames_total', 'Pictures received from the camera.'],
    ['audioUnits', 'oriel_stream_audio_frames_total', 'Sound frames received from the camera.'],
    ['bytes', 'oriel_stream_received_bytes_total', 'Bytes of picture and sound received from the camera.'],
    ['undecodable', 'oriel_stream_undecodable_frames_total', 'Pictures before the first key frame.'],
  ] as const;
  for (const [field, name, help] of counts) {
    new Counter({
      name,
      help,
      labelNames: ['stream'],
      registers,
      collect() {
        this.reset();
        for (const { key, counts } of hub.streams()) this.inc({ stream: key }, counts[field]);
      },
    });
  }
}
