// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { store } from '../dashboard/live.ts';
import { session } from '../dashboard/session.ts';
import { navigate } from '../page/route.ts';
import { resetGrid } from '../testing/reset-grid.ts';
import { cameraView, goTo, sessionView } from '../testing/small-gateway.ts';
import {
  canRotate,
  group,
  groups,
  keepArrangement,
  layout,
  order,
  page,
  pageCount,
  pageIds,
  rotate,
  rotateMs,
  search,
  selection,
  setLayout,
  shown,
  showPage,
} from './grid-state.ts';
import { runRotation, toggleRotation } from './rotation.ts';

const NAMES = ['yard', 'hall', 'gate', 'roof', 'shed'];

beforeEach(() => {
  goTo('http://oriel.example/');
  navigate('/');
  resetGrid();
  store.replace(NAMES.map((name) => cameraView(name, name === 'hall' ? {} : { group: 'Outside' })));
});

afterEach(() => {
  vi.useRealTimers();
});

describe('which cameras are shown', () => {
  test('all, in the order of the gateway, until a person arranges them', () => {
    expect(shown.value).toEqual(NAMES);
    order.value = ['shed', 'gone', 'yard'];
    expect(shown.value).toEqual(['shed', 'yard', 'hall', 'gate', 'roof']);
  });

  test('those of one group', () => {
    expect(groups.value).toEqual(['Outside']);
    group.value = 'Outside';
    expect(shown.value).toEqual(['yard', 'gate', 'roof', 'shed']);
  });

  test('those that match the search', () => {
    search.value = ' GÁTE ';
    expect(shown.value).toEqual(['gate']);
    search.value = 'nothing like it';
    expect(shown.value).toEqual([]);
  });

  test('those of a view, in the order of the view', () => {
    order.value = ['shed'];
    selection.value = ['roof', 'yard', 'gone'];
    expect(shown.value).toEqual(['roof', 'yard']);
  });

  test('a change of a camera’s state changes nothing here', () => {
    const before = shown.value;
    store.replace(NAMES.map((name) => cameraView(name, { viewers: 7 })));
    expect(shown.value).toBe(before);
  });
});

describe('pages', () => {
  test('a fixed layout has as many as it needs', () => {
    expect([pageCount.value, pageIds.value]).toEqual([1, NAMES]);
    setLayout('2');
    expect([pageCount.value, pageIds.value]).toEqual([2, ['yard', 'hall', 'gate', 'roof']]);
    showPage(1);
    expect(pageIds.value).toEqual(['shed']);
  });

  test('go round at both ends', () => {
    setLayout('1');
    showPage(-1);
    expect(pageIds.value).toEqual(['shed']);
    showPage(page.value + 1);
    expect(pageIds.value).toEqual(['yard']);
  });

  test('a page that is gone after a search is the last one', () => {
    setLayout('1');
    showPage(4);
    search.value = 'a';
    expect(pageIds.value).toEqual(['gate']);
  });

  test('another layout begins at its first page', () => {
    setLayout('1');
    showPage(3);
    setLayout('2');
    expect(page.value).toBe(0);
  });
});

describe('rotation', () => {
  test('has something to turn only with several pages, or a large place for several cameras', () => {
    expect(canRotate.value).toBe(false);
    setLayout('2');
    expect(canRotate.value).toBe(true);
    setLayout('focus');
    expect(canRotate.value).toBe(true);
    search.value = 'gate';
    expect(canRotate.value).toBe(false);
  });

  test('turns the pages', () => {
    setLayout('2');
    rotate();
    expect(pageIds.value).toEqual(['shed']);
    rotate();
    expect(page.value).toBe(0);
  });

  test('in the focus layout the next camera comes into the large place', () => {
    setLayout('focus');
    rotate();
    expect(shown.value).toEqual(['hall', 'gate', 'roof', 'shed', 'yard']);
    selection.value = ['roof', 'yard'];
    rotate();
    expect(shown.value).toEqual(['yard', 'roof']);
  });

  test('is not switched on where there is nothing to turn', () => {
    toggleRotation();
    expect(rotateMs.value).toBeUndefined();
    setLayout('2');
    toggleRotation();
    expect(rotateMs.value).toBe(10_000);
    toggleRotation();
    expect(rotateMs.value).toBeUndefined();
  });

  test('runs by the clock, and rests while a camera is open', () => {
    vi.useFakeTimers();
    setLayout('1');
    const stop = runRotation();
    toggleRotation();
    vi.advanceTimersByTime(20_000);
    expect(page.value).toBe(2);
    navigate('/?open=gate');
    vi.advanceTimersByTime(60_000);
    expect(page.value).toBe(2);
    navigate('/');
    vi.advanceTimersByTime(10_000);
    expect(page.value).toBe(3);
    stop();
    vi.advanceTimersByTime(60_000);
    expect(page.value).toBe(3);
  });
});

describe('what a person arranged', () => {
  /** The page is opened again by whoever this is. */
  function openAs(name: string): () => void {
    resetGrid();
    session.value = sessionView({ name });
    return keepArrangement();
  }

  beforeEach(() => localStorage.clear());

  test('comes back in this browser, for this account and no other', () => {
    const stop = openAs('ada');
    layout.value = '3';
    order.value = ['gate', 'yard'];
    stop();
    openAs('grace')();
    expect([layout.value, order.value]).toEqual(['auto', []]);
    openAs('ada')();
    expect([layout.value, order.value]).toEqual(['3', ['gate', 'yard']]);
  });

  test('is not overwritten by what a rotation or a saved view does', () => {
    const rotating = openAs('ada');
    order.value = ['gate'];
    rotateMs.value = 10_000;
    order.value = ['shed'];
    rotating();
    const viewing = openAs('ada');
    selection.value = ['roof'];
    layout.value = '4';
    viewing();
    openAs('ada')();
    expect([layout.value, order.value]).toEqual(['auto', ['gate']]);
  });

  test.each(['nonsense', 'null', '[]', '{"layout":"9","order":[]}', '{"layout":"2","order":"gate"}', '{"layout":"2"}'])(
    'what cannot be read is forgotten: %s',
    (kept) => {
      localStorage.setItem('oriel-grid:ada', kept);
      openAs('ada')();
      expect([layout.value, order.value]).toEqual(['auto', []]);
    },
  );

  test('of an order only the names are taken', () => {
    localStorage.setItem('oriel-grid:ada', '{"layout":"2","order":["gate",7,null,"yard"]}');
    openAs('ada')();
    expect([layout.value, order.value]).toEqual(['2', ['gate', 'yard']]);
  });
});
