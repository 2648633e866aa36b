import { randomInt } from 'node:crypto';
import { GatewayError } from '../../../platform/errors.ts';
import { answeredExtensions } from '../sending/header-template.ts';
import type { FeedTracks } from '../sending/stream-feed.ts';
import type { BrowserOffer, OfferedMedia } from './browser-offer.ts';
import { type CodecChoice, chooseAudio, chooseVideo, noCommonVideo, usableVideo } from './codec-choice.ts';
import type { AnsweredMedia } from './sdp-answer.ts';

/** The m-lines for one camera. */
export type WantedMedia = { readonly video?: OfferedMedia; readonly audio?: OfferedMedia };

/**
 * Chooses what is sent when the camera's tracks are known. Throws `no-common-codec` when the browser cannot show the video.
 * Sound that cannot be sent is left out.
 */
export function answerTracks({ video, audio }: WantedMedia, tracks: FeedTracks): readonly AnsweredMedia[] {
  const videoChoice = video && tracks.video && chooseVideo(video, tracks.video);
  if (video && tracks.video && !videoChoice) throw noCommonVideo(tracks.video);
  const audioChoice = audio && tracks.audio && chooseAudio(audio, tracks.audio);
  const stream = `line-${(video ?? audio)?.mid}`;
  return [
    ...(video && videoChoice ? [answered(video, [videoChoice], stream, audioChoice === undefined)] : []),
    ...(audio && audioChoice ? [answered(audio, [audioChoice], stream, false)] : []),
  ];
}

/**
 * A camera that is starting must not delay the answer for the others, so every codec that its video may have is agreed. Throws
 * `no-common-codec` when the browser supports none of them.
 */
export function answerAnyVideo(media: OfferedMedia): AnsweredMedia {
  const choices = usableVideo(media);
  if (choices.length > 0) return answered(media, choices, `line-${media.mid}`, true);
  throw new GatewayError('no-common-codec', 'This browser receives neither H.264 nor H.265 over WebRTC.');
}

/** Chooses what is sent of the agreed codecs, now that the camera's tracks are known. Throws `no-common-codec`. */
export function narrow(agreed: AnsweredMedia, { video }: FeedTracks): AnsweredMedia {
  if (agreed.media.kind !== 'video' || !video) return agreed;
  const choice = chooseVideo(agreed.media, video);
  if (!choice) throw noCommonVideo(video);
  return { ...agreed, choices: [choice] };
}

/**
 * What is agreed for each m-line of the offer. An unused m-line stays open without media, because the browser may have bundled
 * everything onto it. Undefined for a stopped m-line and when nothing can be agreed.
 */
export function inOrderOf(
  offer: BrowserOffer,
  agreed: readonly AnsweredMedia[],
): readonly (AnsweredMedia | undefined)[] {
  const byMid = new Map(agreed.map((one) => [one.media.mid, one]));
  return offer.media.map((media) => (media.isStopped ? undefined : (byMid.get(media.mid) ?? silence(media))));
}

function silence(media: OfferedMedia): AnsweredMedia | undefined {
  const silent = media.codecs.find(({ name }) => name !== 'rtx');
  return silent && { ...answered(media, [{ codec: silent }], 'silence', false), isSending: false };
}

function answered(
  media: OfferedMedia,
  choices: readonly CodecChoice[],
  stream: string,
  isShownAtOnce: boolean,
): AnsweredMedia {
  const [ssrc, rtxSsrc] = [randomInt(1, 2 ** 32), randomInt(1, 2 ** 32)];
  return {
    media,
    choices,
    stream,
    ssrc,
    rtxSsrc,
    isSending: true,
    extensions: answeredExtensions(media, isShownAtOnce),
  };
}
