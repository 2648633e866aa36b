/**
 * What real cameras do, one switch per behaviour. Without any switch the camera follows the standard. The groups follow the
 * sections of the field notes on RTSP, which say which device does what and how to cope.
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

/** Behaviour on the TCP connection, between and inside the interleaved frames. */
export type FramingQuirks = {
  /** Media is sent before the reply to PLAY (Reolink). */
  readonly mediaBeforePlayReply?: boolean;
  /** Sends meaningless bytes in front of every n-th frame (cheap HiSilicon firmware). */
  readonly garbage?: { readonly everyFrames: number; readonly bytes: Uint8Array };
  /** Sends CR LF in front of every frame. */
  readonly lineBreakBeforeFrame?: boolean;
  /** Every n-th length field is too large by this many bytes. */
  readonly wrongLength?: { readonly everyFrames: number; readonly tooLongBy: number };
  /** Sends a second stream of packets on a channel that was never set up (old live555). */
  readonly strayChannel?: number;
  /** Sends media of an old session, with another SSRC, on the video's own channel (live555 before 2017, RLC-410). */
  readonly deadSessionMedia?: boolean;
  /** After this many frames the camera continues with another SSRC, sequence number and timestamp base. */
  readonly newSsrcAfterFrames?: number;
  readonly emptyFrames?: boolean;
  /** Every packet has RTP padding, a header extension and contributing sources. */
  readonly decoratedPackets?: boolean;
  readonly emptyPayloads?: boolean;
  /** Sends every packet a second time, as payload type 50 with the same sequence number (Geovision). */
  readonly payloadType50?: boolean;
  /** Requests that the camera sends after PLAY. */
  readonly serverRequests?: readonly ('OPTIONS' | 'SET_PARAMETER' | 'ANNOUNCE' | 'REDIRECT' | 'UNHEARD_OF')[];
  /** TCP writes are cut into pieces of at most this many bytes. */
  readonly writeBytes?: number;
};

/** How replies are written. */
export type ReplyQuirks = {
  readonly cseq?: 'missing' | 'trailing-space' | 'stale-reply-first';
  readonly statusLineWithoutReason?: boolean;
  readonly lowerCaseNames?: boolean;
  /** Values have spaces and a tab after the colon (Hikvision). */
  readonly paddedValues?: boolean;
  /** Answers 401 to requests without a User-Agent (go2rtc#235). */
  readonly needsUserAgent?: boolean;
  readonly contentType?: 'missing' | 'with-charset';
  /** The status of the reply to OPTIONS. */
  readonly optionsStatus?: number;
  /** The value of the Public header, which may be missing. */
  readonly publicMethods?: string | 'missing';
  /** A second DESCRIBE on one connection is answered with 400. */
  readonly singleDescribe?: boolean;
  /** The status for every request with this method. */
  readonly statusOf?: Readonly<Partial<Record<string, number>>>;
  /** Speaks only RTSP 2.0 and answers 505 to anything else. */
  readonly version2Only?: boolean;
};

export type ChallengeKind = 'basic' | 'digest-md5' | 'digest-sha256';

export type AuthQuirks = {
  /** The challenges in this order, each in its own header line. By default only digest-md5. */
  readonly challenges?: readonly ChallengeKind[];
  readonly oneHeaderLine?: boolean;
  /** Only the first listed challenge is really accepted (TP-Link). */
  readonly firstOnly?: boolean;
  readonly qop?: 'auth';
  readonly opaque?: string;
  /** Challenges have parameters that no standard knows (`random=`, Hikvision). */
  readonly unknownParameters?: boolean;
  readonly unquoted?: boolean;
  /** An `algorithm=` that was not offered is refused. */
  readonly refusesAlgorithm?: boolean;
  /** Nonces expire after this time (Hikvision NVR ~30 s, Axis ~150 s). */
  readonly nonceLifeMs?: number;
  /** Whether an expired nonce is called stale. Otherwise the camera only sends a new one. */
  readonly saysStale?: boolean;
  /** The first method that needs credentials. */
  readonly from?: 'DESCRIBE' | 'SETUP' | 'PLAY';
  /** After this many failures every login fails (Dahua, Hikvision). */
  readonly lockAfter?: number;
};

export type UrlQuirks = {
  /** Placeholders in all of these: {host} {port} {path} (with query). */
  readonly contentBase?: string | 'missing';
  readonly contentLocation?: string;
  readonly sessionControl?: string | 'missing';
  /** {n} is the number of the track. The default is trackID={n}. */
  readonly trackControl?: string | 'missing';
  /** SETUP is answered with 404 unless it has this URL, in which {n} is the number of the track. */
  readonly setupUrl?: string;
  /** PLAY is answered with 404 unless it has this URL. */
  readonly playUrl?: string;
  /** DESCRIBE is answered with this status and Location. */
  readonly redirect?: { readonly status: number; readonly location: string };
};

export type SdpQuirks = {
  /** Changes the text with which DESCRIBE is answered. */
  readonly rewrite?: (sdp: string) => string;
};

export type TransportQuirks = {
  /** These transports are answered with 461. */
  readonly refuses?: readonly ('tcp' | 'udp' | 'multicast')[];
  /** The first channel number, whatever the client asks for. */
  readonly fixedChannels?: number;
  /** The Transport header of the SETUP reply. Placeholders: {n} {rtp} {rtcp} {ssrc} {clientPorts} {serverPorts} */
  readonly reply?: string;
  /** UDP is accepted, but nothing arrives. */
  readonly silentUdp?: boolean;
  readonly serverPort?: 'missing' | 'zero';
  /** The text after the session id. The default is `;timeout=60`. */
  readonly sessionSuffix?: string;
  readonly newSessionPerSetup?: boolean;
  readonly range?: 'required' | 'refused';
  /** The value of the RTP-Info header, which may be missing. */
  readonly rtpInfo?: string | 'missing';
  /** The payload size of the largest packet (Tapo sends 10,000 bytes over UDP). */
  readonly maxPayloadBytes?: number;
};

export type LifeQuirks = {
  /** Sessions without a keep-alive end after this time. */
  readonly sessionTimeoutMs?: number;
  /** The requests that count as a keep-alive. By default all of them. */
  readonly keepAliveBy?: readonly string[];
  readonly keepAliveUnanswered?: boolean;
  /** The connection is cut when one of these methods is used. */
  readonly cutsOn?: readonly string[];
  /** Media stops when no receiver report has come for this time. */
  readonly needsReceiverReportsMs?: number;
  /** More sessions than this are answered with 453. */
  readonly maxSessions?: number;
  /** A session that was not torn down occupies its place for this long. */
  readonly sessionHeldMs?: number;
};

export type VideoQuirks = {
  readonly marker?: 'never' | 'on-parameter-sets' | 'every-slice';
  readonly parameterSets?: 'out-of-band' | 'previous-stamp';
  readonly delimiters?: boolean;
  readonly sei?: 'in-frame' | 'own-unit';
  /** How the NAL units of a key frame are sent together. */
  readonly keyframe?: 'start-codes' | 'aggregated' | 'aggregated-padded';
  readonly fragments?: 'whole-nal-in-one' | 'changed-type' | 'reserved-bit' | 'empty-middle';
  /** Every n-th packet has the forbidden bit set. */
  readonly forbiddenBitEvery?: number;
  readonly trailingZeros?: boolean;
};

export type TimingQuirks = {
  readonly firstSequence?: number;
  readonly firstTimestamp?: number;
  /** Every n-th frame is stamped hours away (Intelbras DVR). */
  readonly strayStampEvery?: number;
  /** Timestamps begin anew after this many frames (Tapo). */
  readonly restartAfterFrames?: number;
  /** How many ticks per second the camera really counts. */
  readonly clockRateHz?: number;
  readonly allEqual?: boolean;
  /** What sender reports claim about the wall clock. */
  readonly ntp?: '1970' | 'none' | 'foreign-ssrc';
};

/** Applied to packets after everything else. It affects only UDP and multicast. */
export type NetworkQuirks = {
  readonly lossPercent?: number;
  readonly reorderPercent?: number;
  readonly duplicatePercent?: number;
  readonly seed?: number;
};
