const LET_FILES_END_MS = 1000;
const LOOK_EVERY_MS = 20;

/**
 * Ends the process. `process.exit` waits for file operations, and one on a network folder whose server is gone never returns,
 * so this waits for a second at most.
 */
export function endProcess(code: number): void {
  const endMs = performance.now() + LET_FILES_END_MS;
  const look = (): void => {
    if (!process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq'))) process.exit(code);
    if (performance.now() > endMs) process.kill(process.pid, 'SIGKILL');
    else setTimeout(look, LOOK_EVERY_MS);
  };
  look();
}
