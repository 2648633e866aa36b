import { randomInt } from 'node:crypto';
import { GatewayError } from '../../../platform/errors.ts';
import { answeredExtensions } from '../sending/header-template.ts';
import type { FeedTracks } from '../sending/stream-feed.ts';
import type { BrowserOffer, OfferedMedia } from './browser-offer.ts';
import { type CodecChoice, chooseAudio, chooseVideo, noCommonVideo, usableVideo } from './codec-choice.ts';
import type { AnsweredMedia } from './sdp-answer.ts';

/** The m-lines that one camera is to come on. */
export type WantedMedia = { readonly video?: OfferedMedia; readonly audio?: OfferedMedia };

/**
 * What is sent when it is known what the camera has. Throws `no-common-codec` when the browser cannot show its video; sound
 * that cannot be sent is left out.
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
 * A camera that is still starting must not hold up the answer of others: everything is agreed on that its video may turn out
 * to be. Throws `no-common-codec` when that is nothing.
 */
export function answerAnyVideo(media: OfferedMedia): AnsweredMedia {
  const choices = usableVideo(media);
  if (choices.length > 0) return answered(media, choices, `line-${media.mid}`, true);
  throw new GatewayError('no-common-codec', 'This browser receives neither H.264 nor H.265 over WebRTC.');
}

/** What of it is sent, now that the camera's tracks are known. Throws `no-common-codec`. */
export function narrow(agreed: AnsweredMedia, { video }: FeedTracks): AnsweredMedia {
  if (agreed.media.kind !== 'video' || !video) return agreed;
  const choice = chooseVideo(agreed.media, video);
  if (!choice) throw noCommonVideo(video);
  return { ...agreed, choices: [choice] };
}

/**
 * By m-line of the offer: what is agreed for it. One that carries nothing stays open but silent, because the browser may have
 * bundled everything onto it; undefined when not even that can be agreed on, and for one that was stopped.
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
