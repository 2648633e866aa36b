// A raster of RGB bytes with the few shapes that the demo scenes are made of. Coordinates are fractions of the picture's height.
export class Canvas {
  constructor(width, height) {
    this.width = width;
    this.height = height;
    this.bytes = Buffer.alloc(width * height * 3);
    this.aspect = width / height;
  }

  #row(y, fromX, toX, [r, g, b], alpha = 1) {
    if (y < 0 || y >= this.height) return;
    const start = Math.max(0, Math.round(fromX));
    const end = Math.min(this.width, Math.round(toX));
    const rest = 1 - alpha;
    for (let at = (y * this.width + start) * 3, x = start; x < end; x++, at += 3) {
      this.bytes[at] = this.bytes[at] * rest + r * alpha;
      this.bytes[at + 1] = this.bytes[at + 1] * rest + g * alpha;
      this.bytes[at + 2] = this.bytes[at + 2] * rest + b * alpha;
    }
  }

  gradient(top, bottom, from, to) {
    const first = Math.round(top * this.height);
    const last = Math.round(bottom * this.height);
    for (let y = first; y < last; y++) this.#row(y, 0, this.width, mix(from, to, (y - first) / (last - first)));
  }

  rect(x, y, width, height, colour, alpha) {
    const h = this.height;
    for (let row = Math.round(y * h); row < Math.round((y + height) * h); row++)
      this.#row(row, x * h, (x + width) * h, colour, alpha);
  }

  circle(x, y, radius, colour, alpha) {
    const h = this.height;
    for (let row = Math.floor((y - radius) * h); row <= (y + radius) * h; row++) {
      const half = Math.sqrt(Math.max(0, (radius * h) ** 2 - (row - y * h) ** 2));
      if (half > 0) this.#row(row, x * h - half, x * h + half, colour, alpha);
    }
  }

  polygon(points, colour, alpha) {
    const h = this.height;
    const ys = points.map(([, y]) => y * h);
    for (let row = Math.floor(Math.min(...ys)); row <= Math.max(...ys); row++) {
      const crossings = [];
      points.forEach(([x1, y1], i) => {
        const [x2, y2] = points[(i + 1) % points.length];
        if (y1 * h <= row !== y2 * h <= row) crossings.push((x1 + ((row / h - y1) / (y2 - y1)) * (x2 - x1)) * h);
      });
      crossings.sort((a, b) => a - b);
      for (let i = 0; i + 1 < crossings.length; i += 2) this.#row(row, crossings[i], crossings[i + 1], colour, alpha);
    }
  }

  /** Everything under the curve y(x), for hills and waves. */
  below(curve, colour, alpha = 1) {
    const [r, g, b] = colour;
    for (let x = 0; x < this.width; x++) {
      for (let y = Math.max(0, Math.round(curve(x / this.height) * this.height)); y < this.height; y++) {
        const at = (y * this.width + x) * 3;
        this.bytes[at] += (r - this.bytes[at]) * alpha;
        this.bytes[at + 1] += (g - this.bytes[at + 1]) * alpha;
        this.bytes[at + 2] += (b - this.bytes[at + 2]) * alpha;
      }
    }
  }

  /** 16 squares of 16 pixels in the top left corner, bit 0 first: a test reads from them which frame a browser shows. */
  frameNumber(n) {
    for (let bit = 0; bit < 16; bit++) {
      const level = (n >> bit) & 1 ? 255 : 0;
      for (let y = 0; y < 16; y++) this.#row(y, bit * 16, bit * 16 + 16, [level, level, level]);
    }
  }
}

export function mix(a, b, share) {
  return a.map((value, i) => value + (b[i] - value) * share);
}
