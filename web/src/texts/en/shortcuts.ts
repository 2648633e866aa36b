/** The list of keys. */
export const shortcutTexts = {
  keys: [
    ['← ↑ → ↓', 'Go to the next camera'],
    ['Shift + arrows', 'Move the camera'],
    ['Enter', 'Open or close the camera'],
    ['Esc', 'Back to all cameras, or from the wall'],
    ['F', 'Full screen'],
    ['M', 'Sound on or off'],
    ['S', 'Save a snapshot'],
    ['1 – 6', 'Layout: one, 2 × 2, 3 × 3, 4 × 4, automatic, focus'],
    ['7 – 9', 'Your first three views'],
    ['R', 'Rotate'],
    ['/', 'Find a camera'],
    ['?', 'This list'],
  ],
};
