/**
 * What cameras in the field do, one switch per behaviour; an absent switch is a camera by the book. The groups follow the
 * sections of the field notes on RTSP (which device shows what, and how to cope).
 */
export type RtspCameraQuirks = {
  readonly framing?: FramingQuirks;
  readonly reply?: ReplyQuirks;
  readonly auth?: AuthQuirks;
  readonly urls?: UrlQuirks;
  readonly sdp?: SdpQuirks;
  readonly transport?: TransportQuirks;
  readonly life?: LifeQuirks;
  readonly video?: VideoQuirks;
  readonly timing?: TimingQuirks;
  readonly network?: NetworkQuirks;
};

/** On the TCP connection, between and inside the interleaved frames. */
export type FramingQuirks = {
  /** Media leaves before the reply to PLAY (Reolink). */
  readonly mediaBeforePlayReply?: boolean;
  /** Bytes without meaning in front of every n-th frame (cheap HiSilicon firmware). */
  readonly garbage?: { readonly everyFrames: number; readonly bytes: Uint8Array };
  /** CR LF in front of every frame. */
  readonly lineBreakBeforeFrame?: boolean;
  /** Every n-th length field says this many bytes too many. */
  readonly wrongLength?: { readonly everyFrames: number; readonly tooLongBy: number };
  /** A second stream of packets on a channel that was never set up (old live555). */
  readonly strayChannel?: number;
  /** Media of a dead session, with another SSRC, on the video's own channel (live555 before 2017, RLC-410). */
  readonly deadSessionMedia?: boolean;
  /** After so many frames the camera goes on with another SSRC, sequence and timestamp base. */
  readonly newSsrcAfterFrames?: number;
  readonly emptyFrames?: boolean;
  /** RTP padding, header extension and contributing sources on every packet. */
  readonly decoratedPackets?: boolean;
  readonly emptyPayloads?: boolean;
  /** Every packet a second time as payload type 50 with the same sequence number (Geovision). */
  readonly payloadType50?: boolean;
  /** Requests that the camera sends after PLAY. */
  readonly serverRequests?: readonly ('OPTIONS' | 'SET_PARAMETER' | 'ANNOUNCE' | 'REDIRECT' | 'UNHEARD_OF')[];
  /** TCP writes are cut into pieces of at most this many bytes. */
  readonly writeBytes?: number;
};

/** How replies are spelled. */
export type ReplyQuirks = {
  readonly cseq?: 'missing' | 'trailing-space' | 'stale-reply-first';
  readonly statusLineWithoutReason?: boolean;
  readonly lowerCaseNames?: boolean;
  /** Spaces and a tab behind the colon (Hikvision). */
  readonly paddedValues?: boolean;
  /** 401 without a User-Agent (go2rtc#235). */
  readonly needsUserAgent?: boolean;
  readonly contentType?: 'missing' | 'with-charset';
  /** Status of the reply to OPTIONS. */
  readonly optionsStatus?: number;
  /** Value of Public, or none at all. */
  readonly publicMethods?: string | 'missing';
  /** A second DESCRIBE on one connection is answered with 400. */
  readonly singleDescribe?: boolean;
  /** Status for a method, whatever is asked. */
  readonly statusOf?: Readonly<Partial<Record<string, number>>>;
  /** Speaks RTSP 2.0 only: 505 to anything else. */
  readonly version2Only?: boolean;
};

export type ChallengeKind = 'basic' | 'digest-md5' | 'digest-sha256';

export type AuthQuirks = {
  /** In this order, a header line each. Default: digest-md5. */
  readonly challenges?: readonly ChallengeKind[];
  readonly oneHeaderLine?: boolean;
  /** Only the first listed challenge is really accepted (TP-Link). */
  readonly firstOnly?: boolean;
  readonly qop?: 'auth';
  readonly opaque?: string;
  /** Parameters no standard knows (`random=`, Hikvision). */
  readonly unknownParameters?: boolean;
  readonly unquoted?: boolean;
  /** An `algorithm=` that was not offered is refused. */
  readonly refusesAlgorithm?: boolean;
  /** Nonces die after this time (Hikvision NVR ~30 s, Axis ~150 s). */
  readonly nonceLifeMs?: number;
  /** A dead nonce is called stale, or only replaced. */
  readonly saysStale?: boolean;
  /** Credentials are asked for from this method on. */
  readonly from?: 'DESCRIBE' | 'SETUP' | 'PLAY';
  /** After so many failures every login fails (Dahua, Hikvision). */
  readonly lockAfter?: number;
};

export type UrlQuirks = {
  /** Placeholders in all of these: {host} {port} {path} (with query). */
  readonly contentBase?: string | 'missing';
  readonly contentLocation?: string;
  readonly sessionControl?: string | 'missing';
  /** {n} is the track's number. Default: trackID={n} */
  readonly trackControl?: string | 'missing';
  /** SETUP is answered 404 unless it asks for this; {n} as above. */
  readonly setupUrl?: string;
  /** PLAY is answered 404 unless it asks for this. */
  readonly playUrl?: string;
  /** DESCRIBE is answered with this status and Location. */
  readonly redirect?: { readonly status: number; readonly location: string };
};

export type SdpQuirks = {
  /** Any change to the text that DESCRIBE would answer with. */
  readonly rewrite?: (sdp: string) => string;
};

export type TransportQuirks = {
  /** 461 to these. */
  readonly refuses?: readonly ('tcp' | 'udp' | 'multicast')[];
  /** The first channel number, whatever the client asks for. */
  readonly fixedChannels?: number;
  /** The Transport header of the SETUP reply; {n} {rtp} {rtcp} {ssrc} {clientPorts} {serverPorts} */
  readonly reply?: string;
  /** UDP is accepted, nothing arrives. */
  readonly silentUdp?: boolean;
  readonly serverPort?: 'missing' | 'zero';
  /** What stands behind the session's id. Default: `;timeout=60`. */
  readonly sessionSuffix?: string;
  readonly newSessionPerSetup?: boolean;
  readonly range?: 'required' | 'refused';
  /** Value of RTP-Info, or none. */
  readonly rtpInfo?: string | 'missing';
  /** Payload bytes of the largest packet (Tapo sends 10,000 over UDP). */
  readonly maxPayloadBytes?: number;
};

export type LifeQuirks = {
  /** Sessions without a keep-alive end after this time. */
  readonly sessionTimeoutMs?: number;
  /** Requests that count as a keep-alive. Default: any. */
  readonly keepAliveBy?: readonly string[];
  readonly keepAliveUnanswered?: boolean;
  /** The connection is cut when one of these methods is used. */
  readonly cutsOn?: readonly string[];
  /** Media ends without receiver reports for this time. */
  readonly needsReceiverReportsMs?: number;
  /** 453 beyond so many sessions. */
  readonly maxSessions?: number;
  /** A session that was not torn down occupies its place for this long. */
  readonly sessionHeldMs?: number;
};

export type VideoQuirks = {
  readonly marker?: 'never' | 'on-parameter-sets' | 'every-slice';
  readonly parameterSets?: 'out-of-band' | 'previous-stamp';
  readonly delimiters?: boolean;
  readonly sei?: 'in-frame' | 'own-unit';
  /** How a key frame's NAL units travel together. */
  readonly keyframe?: 'start-codes' | 'aggregated' | 'aggregated-padded';
  readonly fragments?: 'whole-nal-in-one' | 'changed-type' | 'reserved-bit' | 'empty-middle';
  /** The forbidden bit on every n-th packet. */
  readonly forbiddenBitEvery?: number;
  readonly trailingZeros?: boolean;
};

export type TimingQuirks = {
  readonly firstSequence?: number;
  readonly firstTimestamp?: number;
  /** Every n-th frame is stamped hours away (Intelbras DVR). */
  readonly strayStampEvery?: number;
  /** Timestamps begin anew after so many frames (Tapo). */
  readonly restartAfterFrames?: number;
  /** Ticks per second that the camera really counts. */
  readonly clockRateHz?: number;
  readonly allEqual?: boolean;
  /** What sender reports say about the wall clock. */
  readonly ntp?: '1970' | 'none' | 'foreign-ssrc';
};

/** Applied to packets, after everything else; UDP and multicast only. */
export type NetworkQuirks = {
  readonly lossPercent?: number;
  readonly reorderPercent?: number;
  readonly duplicatePercent?: number;
  readonly seed?: number;
};
