/** The card that asks for the first camera. */
export const firstCameraTexts = {
  title: 'Add your first camera',
  text: 'The pictures here come from demo cameras. Paste the address of one of yours to see it beside them.',
  field: 'Address, serial number or RTSP URL',
  action: 'Continue',
  later: 'Later',
};
