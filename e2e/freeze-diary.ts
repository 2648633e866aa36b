import type { PageLike } from './player-page.ts';

/** What the player said from then on, and which picture was on the screen: by the wall clock, which all sides share. */
export type FreezeDiary = {
  readonly words: readonly { readonly atMs: number; readonly phase: string; readonly culprit: string | null }[];
  /** Every picture by the number in its squares. */
  readonly pictures: readonly { readonly atMs: number; readonly number: number }[];
};

type KeptDiary = { words: FreezeDiary['words'][number][]; pictures: FreezeDiary['pictures'][number][] };

/** Begins to write down. The page needs a player that shows a picture. */
export function keepDiary(page: PageLike): Promise<void> {
  return page.evaluate(() => {
    type Player = {
      video: HTMLVideoElement;
      state: { frozen?: { culprit: string } };
      subscribe(listener: () => void): () => void;
    };
    type Element = { player: Player; status: { phase: string }; shadowRoot: ShadowRoot };
    const element = document.querySelector('oriel-player') as unknown as Element;
    const diary: KeptDiary = { words: [], pictures: [] };
    Object.assign(window, { diary });
    const write = (): void => {
      const culprit = element.player.state.frozen?.culprit ?? null;
      const { phase } = element.status;
      const last = diary.words.at(-1);
      if (last?.phase !== phase || last.culprit !== culprit) diary.words.push({ atMs: Date.now(), phase, culprit });
    };
    write();
    element.player.subscribe(write);
    const canvas = document.createElement('canvas');
    canvas.width = 256;
    canvas.height = 16;
    const context = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D;
    const followed = new WeakSet<HTMLVideoElement>();
    const follow = (): void => {
      for (const video of element.shadowRoot.querySelectorAll('video')) {
        if (followed.has(video)) continue;
        followed.add(video);
        const look = (): void => {
          video.requestVideoFrameCallback(look);
          if (video !== element.player.video) return;
          context.drawImage(video, 0, 0, 256, 16, 0, 0, 256, 16);
          const row = context.getImageData(0, 8, 256, 1).data;
          let number = 0;
          for (let bit = 0; bit < 16; bit++) if ((row[(bit * 16 + 8) * 4] ?? 0) > 128) number |= 1 << bit;
          diary.pictures.push({ atMs: Date.now(), number });
        };
        video.requestVideoFrameCallback(look);
      }
    };
    follow();
    new MutationObserver(follow).observe(element.shadowRoot, { childList: true, subtree: true });
  });
}

export function readDiary(page: PageLike): Promise<FreezeDiary> {
  return page.evaluate(() => (window as unknown as { diary: KeptDiary }).diary);
}

/** Half a turn of the clip: what seems further ahead than this lies behind. */
function isLater(number: number, than: number, pictures: number): boolean {
  const aheadBy = (number - than + pictures) % pictures;
  return aheadBy > 0 && aheadBy < pictures / 2;
}

/** When pictures were shown that were newer than all before. */
export function newsIn({ pictures }: FreezeDiary, clipPictures: number): readonly number[] {
  const news: number[] = [];
  let newest: number | undefined;
  for (const { atMs, number } of pictures) {
    if (newest !== undefined && !isLater(number, newest, clipPictures)) continue;
    newest = number;
    news.push(atMs);
  }
  return news;
}

/** The longest that a picture was called live after it had been the newest, between two times. */
export function longestLieMs(diary: FreezeDiary, clipPictures: number, fromMs: number, untilMs: number): number {
  const news = newsIn(diary, clipPictures);
  let longest = 0;
  for (const [at, { atMs, phase }] of diary.words.entries()) {
    if (phase !== 'live') continue;
    const endMs = Math.min(diary.words[at + 1]?.atMs ?? untilMs, untilMs);
    const beginMs = Math.max(atMs, fromMs);
    // Between two news the picture is oldest just before the second one; each stretch ends with the word or a new picture.
    const ends = [...news.filter((newsMs) => newsMs > beginMs && newsMs <= endMs), endMs];
    for (const momentMs of ends) {
      if (momentMs < beginMs) continue;
      const before = news.findLast((newsMs) => newsMs < momentMs);
      if (before !== undefined) longest = Math.max(longest, momentMs - before);
    }
  }
  return longest;
}
