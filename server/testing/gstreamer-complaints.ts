/**
 * GStreamer 1.22 has no name of its own for `fLaC` in CODECS and stumbles over that; its FLAC decoder counts wrongly at a
 * seam of segments. It plays both.
 */
const KNOWN = /gst_caps_append: assertion 'GST_IS_CAPS \(caps2\)' failed|flacdec0: received more decoded frames/;

/** The lines of what gst-launch-1.0 printed that say something is wrong with what it was given. */
export function gstreamerComplaints(said: string): readonly string[] {
  return said.split('\n').filter((line) => /ERROR|WARN|CRITICAL/.test(line) && !KNOWN.test(line));
}
