import { expect, test } from 'vitest';
import type { CameraId } from '../../shared/ids.ts';
import { SecretBox } from '../platform/secrets.ts';
import { TestClock } from '../platform/testing/test-clock.ts';
import { CameraDirectory } from './camera-directory.ts';
import type { CameraSettings } from './cameras.ts';
import { createStore } from './store.ts';

function camera(id: string, name = id): CameraSettings {
  const rest = { enabled: true, url: 'rtsp://192.0.2.1/', whenOffline: 'hold', transport: 'auto' } as const;
  return { id: id as CameraId, name, ...rest };
}

function openDirectory() {
  const store = createStore({ file: ':memory:', secrets: new SecretBox(Buffer.alloc(32)) });
  const directory = new CameraDirectory(store, new TestClock(), (_camera, write) => write());
  const changes: string[] = [];
  directory.on('changed', (id, before, after) => changes.push(`${id} ${before?.name ?? '-'} > ${after?.name ?? '-'}`));
  return { directory, changes, store };
}

test('cameras of the configuration come first and hide stored ones of the same id', () => {
  const { directory, changes } = openDirectory();
  directory.add(camera('yard', 'stored yard'));
  directory.configure([camera('door'), camera('yard', 'configured yard')]);
  expect(directory.list().map(({ name }) => name)).toEqual(['door', 'configured yard']);
  directory.configure([camera('door')]);
  expect(directory.list().map(({ name }) => name)).toEqual(['door', 'stored yard']);
  expect(changes).toEqual([
    'yard - > stored yard',
    'yard stored yard > configured yard',
    'door - > door',
    'yard configured yard > stored yard',
  ]);
});

test('a configuration that is read again unchanged changes nothing', () => {
  const { directory, changes } = openDirectory();
  directory.configure([camera('door')]);
  directory.configure([camera('door')]);
  expect(changes).toEqual(['door - > door']);
});

test('cameras of the configuration can only be changed there', () => {
  const { directory } = openDirectory();
  directory.configure([camera('door')]);
  expect(() => directory.update(camera('door', 'other'))).toThrow('configuration file');
  expect(() => directory.remove('door' as CameraId)).toThrow('configuration file');
  expect(() => directory.add(camera('door'))).toThrow('already');
});

test('what the dashboard changes is stored', () => {
  const { directory, store } = openDirectory();
  directory.add(camera('yard'));
  directory.update(camera('yard', 'Back yard'));
  expect(store.cameras.get('yard' as CameraId)?.name).toBe('Back yard');
  directory.remove('yard' as CameraId);
  expect(store.cameras.list()).toEqual([]);
  expect(() => directory.remove('yard' as CameraId)).toThrow('no camera');
});

test('when an id means another camera, one camera is reported as removed and one as added, so that viewers do not stay', () => {
  const { directory, changes } = openDirectory();
  directory.configure([camera('door', 'old')]);
  directory.configure([{ ...camera('door', 'new'), url: 'rtsp://192.0.2.2/' }]);
  expect(changes).toEqual(['door - > old', 'door old > -', 'door - > new']);
});
