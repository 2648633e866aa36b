import { readdir, readFile } from 'node:fs/promises';
import { monitorEventLoopDelay, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { Counter, Gauge, Registry } from 'prom-client';

/** The figures of the process. Every folder adds its own to the registry. Nothing is measured before the first request. */
export function createMetrics(): Registry {
  const registry = new Registry();
  const registers = [registry];
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'CPU time of all threads, user and system.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
  new Gauge({
    name: 'process_start_time_seconds',
    help: 'Start of the process, seconds since 1970.',
    registers,
  }).set(Math.round(Date.now() / 1000 - process.uptime()));
  registerMemory(registers);
  registerDescriptors(registers);
  registerEventLoop(registers);
  registerCollector(registers);
  return registry;
}

function registerMemory(registers: Registry[]): void {
  const figures = [
    ['rss', 'process_resident_memory_bytes', 'Memory of the process in RAM.'],
    ['heapUsed', 'process_heap_used_bytes', 'JavaScript objects, live or not collected yet.'],
    ['heapTotal', 'process_heap_total_bytes', 'Memory that is set aside for JavaScript objects.'],
    [
      'external',
      'process_external_memory_bytes',
      'Memory that JavaScript objects hold outside of the heap, such as pictures.',
    ],
  ] as const;
  for (const [field, name, help] of figures) {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(process.memoryUsage()[field]);
      },
    });
  }
}

/** Only Linux has these figures. */
function registerDescriptors(registers: Registry[]): void {
  if (process.platform !== 'linux') return;
  new Gauge({
    name: 'process_open_fds',
    help: 'File descriptors in use: files, sockets and pipes.',
    registers,
    async collect() {
      this.set((await readdir('/proc/self/fd')).length);
    },
  });
  new Gauge({
    name: 'process_max_fds',
    help: 'File descriptors that this process may have open.',
    registers,
    async collect() {
      const limits = await readFile('/proc/self/limits', 'utf8');
      this.set(Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Number.NaN));
    },
  });
}

const RESOLUTION_MS = 10;

/** There is one for the process, because the process has one event loop. */
const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

function registerEventLoop(registers: Registry[]): void {
  new Gauge({
    name: 'process_event_loop_delay_seconds',
    help: 'How much later than due timers ran since the metrics were read last; measured from the first time on.',
    labelNames: ['quantile'],
    registers,
    collect() {
      this.reset();
      histogram.enable();
      const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1000);
      if (histogram.max > 0) {
        for (const percent of [50, 90, 99])
          this.set({ quantile: String(percent / 100) }, late(histogram.percentile(percent)));
        this.set({ quantile: '1' }, late(histogram.max));
      }
      histogram.reset();
    },
  });
}

const COLLECTIONS: Readonly<Record<number, string>> = { 1: 'minor', 4: 'major', 8: 'incremental', 16: 'weak' };

function registerCollector(registers: Registry[]): void {
  let observer: PerformanceObserver | undefined;
  new Counter({
    name: 'process_gc_seconds_total',
    help: 'Time that the garbage collector took since the metrics were read first.',
    labelNames: ['kind'],
    registers,
    collect() {
      if (observer) return;
      for (const kind of Object.values(COLLECTIONS)) this.inc({ kind }, 0);
      observer = new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          const { detail, duration } = entry as PerformanceEntry & { detail?: { kind: number } };
          const kind = COLLECTIONS[detail?.kind ?? 0] ?? 'other';
          this.inc({ kind }, duration / 1000);
        }
      });
      observer.observe({ entryTypes: ['gc'] });
    },
  });
}
