// The four places that the demo cameras look at. `t` runs from 0 to 1 over a clip and every movement closes at 1.
import { mix } from './canvas.mjs';

const TURN = Math.PI * 2;
const wave = (t, times = 1, shift = 0) => Math.sin(TURN * (t * times + shift));

function tree(canvas, x, y, size, colour) {
  canvas.rect(x - size * 0.06, y - size * 0.5, size * 0.12, size * 0.5, [74, 56, 44]);
  canvas.circle(x, y - size * 0.75, size * 0.36, colour);
  canvas.circle(x - size * 0.22, y - size * 0.55, size * 0.26, mix(colour, [0, 0, 0], 0.12));
  canvas.circle(x + size * 0.22, y - size * 0.58, size * 0.26, mix(colour, [255, 255, 255], 0.07));
}

function driveway(canvas, t) {
  const w = canvas.aspect;
  canvas.gradient(0, 0.6, [58, 84, 128], [222, 168, 132]);
  canvas.below((x) => 0.5 + 0.05 * Math.sin(x * 2.2 + 1), [71, 88, 92]);
  canvas.rect(0, 0.62, w, 0.38, [92, 112, 78]);
  canvas.rect(0, 0.72, w, 0.16, [78, 80, 86]);
  for (let i = 0; i < 9; i++) canvas.rect(i * 0.24 + 0.05, 0.795, 0.12, 0.012, [214, 208, 190]);
  canvas.polygon(
    [
      [0.95, 0.36],
      [1.27, 0.2],
      [1.59, 0.36],
    ],
    [120, 62, 52],
  );
  canvas.rect(1.0, 0.36, 0.54, 0.3, [206, 194, 176]);
  canvas.rect(1.21, 0.46, 0.11, 0.2, [86, 60, 48]);
  const lamp = 0.75 + 0.25 * wave(t, 3);
  for (const x of [1.05, 1.38]) canvas.rect(x, 0.43, 0.11, 0.1, mix([90, 84, 70], [255, 214, 130], lamp));
  tree(canvas, 0.16, 0.7, 0.34, [70, 104, 66]);
  tree(canvas, 0.62, 0.66, 0.24, [84, 116, 72]);
  const walk = 0.25 + 0.6 * (0.5 - 0.5 * Math.cos(TURN * t));
  const step = 0.02 * wave(t, 12);
  canvas.polygon(
    [
      [walk, 0.62],
      [walk - 0.012 + step, 0.7],
      [walk + 0.006 + step, 0.7],
    ],
    [40, 44, 60],
  );
  canvas.polygon(
    [
      [walk, 0.62],
      [walk - 0.006 - step, 0.7],
      [walk + 0.012 - step, 0.7],
    ],
    [50, 54, 72],
  );
  canvas.rect(walk - 0.016, 0.56, 0.032, 0.075, [172, 70, 60]);
  canvas.circle(walk, 0.543, 0.017, [214, 172, 142]);
  const car = -0.5 + (w + 1) * t;
  canvas.rect(car, 0.755, 0.36, 0.06, [46, 92, 140]);
  canvas.polygon(
    [
      [car + 0.06, 0.757],
      [car + 0.11, 0.705],
      [car + 0.25, 0.705],
      [car + 0.31, 0.757],
    ],
    [60, 108, 158],
  );
  canvas.polygon(
    [
      [car + 0.085, 0.754],
      [car + 0.12, 0.716],
      [car + 0.24, 0.716],
      [car + 0.28, 0.754],
    ],
    [188, 208, 222],
  );
  for (const x of [0.08, 0.28]) canvas.circle(car + x, 0.815, 0.03, [28, 28, 32]);
  canvas.polygon(
    [
      [car + 0.36, 0.775],
      [car + 0.72, 0.74],
      [car + 0.72, 0.86],
    ],
    [255, 240, 190],
    0.16,
  );
}

function harbour(canvas, t) {
  canvas.gradient(0, 0.52, [24, 42, 78], [240, 158, 104]);
  canvas.circle(1.2, 0.42, 0.09, [255, 226, 170]);
  canvas.below((x) => 0.45 - 0.05 * Math.max(0, Math.sin(x * 3.1 + 0.4)), [52, 60, 84]);
  canvas.gradient(0.52, 1, [196, 132, 106], [22, 44, 72]);
  for (let i = 0; i < 14; i++) {
    const y = 0.54 + i * 0.034;
    const span = 0.05 + 0.014 * i;
    canvas.rect(1.2 - span + 0.05 * wave(t, 2, i * 0.13), y, span * 2, 0.008, [255, 214, 160], 0.5);
  }
  for (const [depth, colour] of [
    [0.66, [34, 66, 98]],
    [0.78, [26, 54, 84]],
    [0.9, [18, 40, 66]],
  ])
    canvas.below(
      (x) => depth + 0.012 * Math.sin(x * 9 + TURN * t * 2 + depth * 20) + 0.006 * Math.sin(x * 21 - TURN * t * 3),
      colour,
      0.72,
    );
  const x = 0.55 + 0.16 * wave(t);
  const y = 0.7 + 0.014 * wave(t, 3);
  const lean = 0.03 * wave(t, 3, 0.2);
  canvas.polygon(
    [
      [x - 0.17, y],
      [x + 0.19, y],
      [x + 0.13, y + 0.07],
      [x - 0.12, y + 0.07],
    ],
    [122, 54, 46],
  );
  canvas.polygon(
    [
      [x - 0.004, y],
      [x + 0.006, y],
      [x + lean + 0.004, y - 0.36],
      [x + lean - 0.004, y - 0.36],
    ],
    [70, 52, 42],
  );
  canvas.polygon(
    [
      [x + 0.015, y - 0.02],
      [x + lean + 0.008, y - 0.35],
      [x + 0.17 + lean, y - 0.04],
    ],
    [240, 232, 216],
  );
  canvas.polygon(
    [
      [x - 0.015, y - 0.02],
      [x + lean - 0.008, y - 0.31],
      [x - 0.12 + lean, y - 0.04],
    ],
    [222, 208, 188],
  );
  const beam = 0.5 + 0.5 * wave(t, 2);
  canvas.polygon(
    [
      [0.16, 0.52],
      [0.18, 0.3],
      [0.23, 0.3],
      [0.25, 0.52],
    ],
    [226, 222, 214],
  );
  canvas.rect(0.172, 0.38, 0.066, 0.05, [176, 60, 52]);
  canvas.circle(0.205, 0.28, 0.022, mix([120, 110, 90], [255, 244, 190], beam));
  for (let i = 0; i < 4; i++) {
    const bx = (0.3 + i * 0.42 + t * canvas.aspect) % canvas.aspect;
    const by = 0.16 + 0.03 * i + 0.015 * wave(t, 2, i * 0.3);
    const flap = 0.012 * wave(t, 14, i * 0.21);
    canvas.polygon(
      [
        [bx - 0.03, by - flap],
        [bx, by],
        [bx + 0.03, by - flap],
        [bx, by + 0.006],
      ],
      [236, 236, 240],
    );
  }
}

function garden(canvas, t) {
  const w = canvas.aspect;
  canvas.gradient(0, 0.7, [118, 176, 214], [222, 236, 232]);
  const sun = 0.2 + 0.1 * wave(t);
  canvas.circle(1.45, sun, 0.07, [255, 244, 196]);
  for (let i = 0; i < 4; i++) {
    const x = ((i * 0.55 + t * w) % (w + 0.5)) - 0.25;
    for (const [dx, r] of [
      [-0.07, 0.035],
      [0, 0.05],
      [0.07, 0.038],
    ])
      canvas.circle(x + dx, 0.14 + i * 0.05, r, [255, 255, 255], 0.8);
  }
  canvas.below((x) => 0.56 + 0.06 * Math.sin(x * 2 + 2), [112, 152, 104]);
  canvas.below((x) => 0.66 + 0.04 * Math.sin(x * 3.2), [88, 134, 82]);
  canvas.below((x) => 0.8 + 0.02 * Math.sin(x * 5 + 1), [70, 116, 66]);
  tree(canvas, 0.25, 0.78, 0.5, [60, 110, 62]);
  tree(canvas, 1.5, 0.74, 0.36, [72, 122, 66]);
  for (let i = 0; i < 26; i++) {
    const x = 0.04 + ((i * 0.137) % 1) * w;
    const y = 0.84 + ((i * 0.37) % 1) * 0.13;
    const sway = 0.008 * wave(t, 3, i * 0.17);
    canvas.polygon(
      [
        [x - 0.003, y],
        [x + 0.003, y],
        [x + sway, y - 0.06],
      ],
      [50, 92, 50],
    );
    canvas.circle(
      x + sway,
      y - 0.062,
      0.015,
      [
        [232, 92, 88],
        [244, 200, 84],
        [206, 120, 196],
        [250, 250, 244],
      ][i % 4],
    );
  }
  const bx = 0.88 + 0.4 * wave(t);
  const by = 0.62 + 0.09 * wave(t, 2);
  const flap = 0.6 + 0.4 * wave(t, 20);
  canvas.polygon(
    [
      [bx, by],
      [bx - 0.045 * flap, by - 0.04],
      [bx - 0.04 * flap, by + 0.03],
    ],
    [236, 140, 60],
  );
  canvas.polygon(
    [
      [bx, by],
      [bx + 0.045 * flap, by - 0.04],
      [bx + 0.04 * flap, by + 0.03],
    ],
    [246, 160, 74],
  );
}

function warehouse(canvas, t) {
  const w = canvas.aspect;
  canvas.gradient(0, 0.72, [52, 58, 68], [88, 94, 104]);
  canvas.gradient(0.72, 1, [70, 72, 76], [104, 104, 106]);
  for (let i = 0; i < 5; i++) {
    canvas.rect(0.14 + i * 0.36, 0.075, 0.22, 0.018, [250, 248, 226]);
    canvas.polygon(
      [
        [0.14 + i * 0.36, 0.093],
        [0.36 + i * 0.36, 0.093],
        [0.46 + i * 0.36, 0.62],
        [0.04 + i * 0.36, 0.62],
      ],
      [255, 250, 220],
      0.06,
    );
  }
  for (let shelf = 0; shelf < 3; shelf++) {
    const y = 0.3 + shelf * 0.14;
    canvas.rect(0.04, y, w - 0.08, 0.014, [198, 112, 52]);
    for (let i = 0; i < 11; i++) {
      const size = 0.07 + 0.035 * ((i * 7 + shelf * 3) % 3) * 0.5;
      canvas.rect(
        0.08 + i * 0.15,
        y - size,
        0.11,
        size,
        mix([168, 128, 88], [206, 176, 132], ((i * 5 + shelf) % 4) / 4),
      );
      canvas.rect(0.125 + i * 0.15, y - size, 0.016, size, [222, 204, 168]);
    }
  }
  for (const x of [0.04, 0.58, 1.14, 1.71]) canvas.rect(x, 0.2, 0.02, 0.52, [74, 92, 120]);
  canvas.rect(0, 0.8, w, 0.05, [42, 44, 48]);
  for (let i = 0; i < 22; i++)
    canvas.circle(((i * 0.09 + t * 0.09 * 4) % (w + 0.1)) - 0.05, 0.85, 0.018, [120, 124, 130]);
  for (let i = 0; i < 4; i++) {
    const x = ((i * 0.5 + t * 2) % 2) - 0.15;
    canvas.rect(x, 0.69, 0.13, 0.11, [190, 150, 104]);
    canvas.rect(x + 0.055, 0.69, 0.02, 0.11, [226, 208, 174]);
    canvas.rect(x + 0.015, 0.755, 0.03, 0.03, [246, 244, 238]);
  }
  const arm = 0.9 + 0.35 * wave(t);
  canvas.rect(0, 0.14, w, 0.02, [232, 184, 60]);
  canvas.rect(arm - 0.05, 0.125, 0.1, 0.05, [206, 152, 40]);
  canvas.rect(arm - 0.006, 0.17, 0.012, 0.36 + 0.06 * wave(t, 2), [150, 150, 154]);
  canvas.circle(arm, 0.53 + 0.06 * wave(t, 2), 0.024, [206, 152, 40]);
  const blink = wave(t, 5) > 0 ? 1 : 0.25;
  canvas.circle(w - 0.1, 0.2, 0.018, mix([60, 20, 20], [255, 70, 60], blink));
}

export const SCENES = { driveway, harbour, garden, warehouse };
