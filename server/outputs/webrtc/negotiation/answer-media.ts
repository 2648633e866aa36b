import { randomInt } from 'node:crypto';
import { answeredExtensions } from '../sending/header-template.ts';
import type { FeedTracks } from '../sending/stream-feed.ts';
import type { BrowserOffer, OfferedMedia } from './browser-offer.ts';
import { type CodecChoice, chooseAudio, chooseVideo, noCommonVideo, usableVideo } from './codec-choice.ts';
import type { AnsweredMedia } from './viewer-answer.ts';

const ONE_STREAM = 'oriel';

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
    if (media === video && videoChoice) return answered(media, [videoChoice], ONE_STREAM, audioChoice === undefined);
    if (media === audio && audioChoice) return answered(media, [audioChoice], ONE_STREAM, false);
    return answerSilence(media);
  });
}

/**
 * One tile's m-line among many. A camera that is still starting must not hold up the others' answer, so everything is agreed
 * on that its video may turn out to be.
 */
export function answerTile(media: OfferedMedia): AnsweredMedia {
  return answered(media, usableVideo(media), `tile-${media.mid}`, true);
}

/** An m-line that stays open but silent; undefined when not even that can be agreed on. */
export function answerSilence(media: OfferedMedia): AnsweredMedia | undefined {
  const silent = media.codecs.find(({ name }) => name !== 'rtx');
  return silent && { ...answered(media, [{ codec: silent }], ONE_STREAM, false), isSending: false };
}

function answered(
  media: OfferedMedia,
  choices: readonly CodecChoice[],
  stream: string,
  isShownAtOnce: boolean,
): AnsweredMedia {
  const [ssrc, rtxSsrc] = [randomInt(1, 2 ** 32), randomInt(1, 2 ** 32)];
  return {
    ...{ media, choices, stream, ssrc, rtxSsrc },
    isSending: true,
    extensions: answeredExtensions(media, isShownAtOnce),
  };
}
