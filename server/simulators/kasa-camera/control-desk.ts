import { decodeAutokey, encodeAutokey } from '../../protocols/kasa/autokey.ts';

const PREFIX = 'smartlife.cam.ipcamera.';
const NOT_SUPPORTED = { err_code: -10008 };

/** The setting that a getter and its setter belong to. */
const SETTINGS: Readonly<Record<string, { get: string; set: string; setting: string }[]>> = {
  switch: [{ get: 'get_is_enable', set: 'set_is_enable', setting: 'switch' }],
  led: [{ get: 'get_status', set: 'set_status', setting: 'led' }],
  siren: [{ get: 'get_state', set: 'set_state', setting: 'siren' }],
  dayNight: [{ get: 'get_mode', set: 'set_mode', setting: 'night-mode' }],
};

/** Answers on the control port with the settings of a camera that has a motor and a siren but no lamp. */
export class KasaControlDesk {
  readonly settings = new Map([
    ['switch', 'on'],
    ['led', 'on'],
    ['siren', 'off'],
    ['night-mode', 'auto'],
  ]);
  readonly #withoutMotor: boolean;

  constructor(withoutMotor: boolean) {
    this.#withoutMotor = withoutMotor;
  }

  /** Takes a form field and returns the body of the reply. */
  answer(form: string): string {
    const cipher = Buffer.from(decodeURIComponent(form.replace(/^content=/, '')), 'base64');
    const command = JSON.parse(Buffer.from(decodeAutokey(cipher)).toString('utf8')) as Record<
      string,
      Record<string, Record<string, unknown>>
    >;
    const reply = Object.fromEntries(
      Object.entries(command).map(([name, methods]) => [
        name,
        Object.fromEntries(
          Object.entries(methods).map(([method, params]) => [
            method,
            this.#call(name.replace(PREFIX, ''), method, params),
          ]),
        ),
      ]),
    );
    return Buffer.from(encodeAutokey(Buffer.from(JSON.stringify(reply)))).toString('base64');
  }

  #call(module: string, method: string, params: Record<string, unknown>): Record<string, unknown> {
    if (module === 'ptz' && !this.#withoutMotor) return this.#move(method, params);
    const binding = SETTINGS[module]?.find(({ get, set }) => get === method || set === method);
    if (!binding) return NOT_SUPPORTED;
    if (method === binding.get) return { value: this.settings.get(binding.setting), err_code: 0 };
    if (typeof params.value !== 'string') return { err_code: -41_203 };
    this.settings.set(binding.setting, params.value);
    return { err_code: 0 };
  }

  #move(method: string, params: Record<string, unknown>): Record<string, unknown> {
    if (method === 'get_position') return { x: 0, y: 0, err_code: 0 };
    if (method !== 'set_move' || typeof params.speed !== 'number') return { err_code: -41_202 };
    this.settings.set('moved', String(params.direction));
    return { err_code: 0 };
  }
}
