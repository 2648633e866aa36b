import { randomInt } from 'node:crypto';
import type { BrowserOffer, OfferedMedia } from './browser-offer.ts';
import { type CodecChoice, chooseAudio, chooseVideo, noCommonVideo } from './codec-choice.ts';
import { answeredExtensions } from './header-template.ts';
import type { FeedTracks } from './stream-feed.ts';
import type { AnsweredMedia } from './viewer-answer.ts';

/**
 * What is sent for each m-line of an offer. The first that wants to receive video gets the camera's, the first for audio
 * its sound; throws `no-common-codec` when the browser cannot show the video. Sound that cannot be sent is left out: the
 * m-line stays open but silent, because the browser may have bundled everything onto it.
 */
export function answerMedia(
  offer: BrowserOffer,
  tracks: FeedTracks,
  mayListen: boolean,
): readonly (AnsweredMedia | undefined)[] {
  const wanted = (kind: string) => offer.media.find((media) => media.kind === kind && media.receives);
  const video = wanted('video');
  const audio = wanted('audio');
  const videoChoice = video && tracks.video && chooseVideo(video, tracks.video);
  if (video && tracks.video && !videoChoice) throw noCommonVideo(tracks.video);
  const audioChoice = audio && tracks.audio && mayListen ? chooseAudio(audio, tracks.audio) : undefined;
  return offer.media.map((media) => {
    if (media === video && videoChoice) return answered(media, videoChoice, true, audioChoice === undefined);
    if (media === audio && audioChoice) return answered(media, audioChoice, true);
    const silent = media.codecs.find(({ name }) => name !== 'rtx');
    return silent && answered(media, { codec: silent }, false);
  });
}

function answered(media: OfferedMedia, choice: CodecChoice, isSending: boolean, isShownAtOnce = false): AnsweredMedia {
  const extensions = answeredExtensions(media, isShownAtOnce);
  return { media, choice, ssrc: randomInt(1, 2 ** 32), rtxSsrc: randomInt(1, 2 ** 32), isSending, extensions };
}
