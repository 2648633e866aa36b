import type { CameraControl, CameraControls, SourceContext, SourceSpec } from '../../hub/source.ts';
import { asGatewayError, GatewayError } from '../../platform/errors.ts';
import { serializeHead } from '../../protocols/http/request-head.ts';
import {
  LINKIE_PATH,
  LINKIE_USER_AGENT,
  type LinkieCommand,
  parseLinkieReply,
  serializeLinkieCommand,
} from '../../protocols/kasa/linkie.ts';
import { CONTROL_FORMS } from '../../protocols/kasa/password-form.ts';
import { parseKasaUrl } from './kasa-address.ts';
import { askWithForms } from './kasa-login.ts';
import { readReplyBody } from './reply-reader.ts';

const FORM_KEY = 'kasa-control-password';
const TIMEOUT_MS = 5000;
const MAX_REPLY_BYTES = 256 * 1024;
const MOVE_SPEED = 3;

type Binding = {
  readonly get: LinkieCommand;
  /** The control as it stands, made of what `get` answered. */
  read(answer: Record<string, unknown>): CameraControl;
  set(value: boolean | string): LinkieCommand;
};

const onOff = (value: boolean | string): 'on' | 'off' => (value === true || value === 'on' ? 'on' : 'off');

function toggle(name: string, module: string, get: string, set: string): Binding {
  return {
    get: { module, method: get, params: {} },
    read: (answer) => ({ name, type: 'switch', value: answer.value === 'on' }),
    set: (value) => ({ module, method: set, params: { value: onOff(value) } }),
  };
}

const DIRECTIONS = ['left', 'right', 'up', 'down'] as const;
const MOVES: Readonly<Record<string, string>> = { left: 'left', right: 'right', up: 'top', down: 'bottom' };
const NIGHT_MODES = ['auto', 'day', 'night'] as const;

/** Everything that a Kasa camera may have; a camera that does not answer to one simply lacks it. */
const BINDINGS: Readonly<Record<string, Binding>> = {
  camera: toggle('camera', 'switch', 'get_is_enable', 'set_is_enable'),
  led: toggle('led', 'led', 'get_status', 'set_status'),
  siren: toggle('siren', 'siren', 'get_state', 'set_state'),
  lamp: toggle('lamp', 'dayNight', 'get_force_lamp_state', 'set_force_lamp_state'),
  'night-mode': {
    get: { module: 'dayNight', method: 'get_mode', params: {} },
    read: (answer) => ({
      name: 'night-mode',
      type: 'choice',
      value: String(answer.value ?? 'auto'),
      choices: NIGHT_MODES,
    }),
    set: (value) => {
      if (!NIGHT_MODES.some((mode) => mode === value))
        throw new GatewayError('bad-request', 'Night mode is auto, day or night.');
      return { module: 'dayNight', method: 'set_mode', params: { value } };
    },
  },
  move: {
    get: { module: 'ptz', method: 'get_position', params: {} },
    read: () => ({ name: 'move', type: 'move', directions: DIRECTIONS }),
    set: (value) => {
      const direction = MOVES[String(value)];
      if (!direction) throw new GatewayError('bad-request', 'The camera moves left, right, up or down.');
      return { module: 'ptz', method: 'set_move', params: { direction, speed: MOVE_SPEED } };
    },
  },
};

/** LINKIE2 on port 10443, one short connection a command. Newest firmware may not answer at all: then there are no controls. */
export function createKasaControls(spec: SourceSpec, context: SourceContext): CameraControls {
  const ask = (command: LinkieCommand, signal: AbortSignal): Promise<Record<string, unknown>> =>
    askCamera(spec, context, command, signal);
  return {
    list: async (signal) => {
      const found: CameraControl[] = [];
      for (const binding of Object.values(BINDINGS)) {
        try {
          found.push(binding.read(await ask(binding.get, signal)));
        } catch (error) {
          const { code } = asGatewayError(error);
          // Unknown to this model: ask for the next. Anything else concerns the whole port.
          if (code !== 'not-supported' && code !== 'bad-data') {
            if (found.length > 0 || code === 'wrong-password' || code === 'needs-password') throw error;
            return [];
          }
        }
      }
      return found;
    },
    set: async (name, value, signal) => {
      const binding = Object.hasOwn(BINDINGS, name) ? BINDINGS[name] : undefined;
      if (!binding) throw new GatewayError('not-supported', 'Kasa cameras do not have this control.');
      await ask(binding.set(value), signal);
    },
  };
}

async function askCamera(
  spec: SourceSpec,
  { dial, memory }: SourceContext,
  command: LinkieCommand,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const { host, controlPort } = parseKasaUrl(spec.url);
  const body = serializeLinkieCommand(command);
  return askWithForms(
    dial,
    memory,
    spec,
    {
      target: { host, port: controlPort, timeoutMs: TIMEOUT_MS, signal },
      formKey: FORM_KEY,
      forms: CONTROL_FORMS,
      write: (authorization) =>
        serializeHead(`POST ${LINKIE_PATH} HTTP/1.1`, [
          ['Host', `${host}:${controlPort}`],
          ['Authorization', authorization],
          ['User-Agent', LINKIE_USER_AGENT],
          ['Content-Type', 'application/x-www-form-urlencoded'],
          ['Content-Length', String(body.length)],
          ['Connection', 'close'],
        ]) + body,
    },
    async () => {},
    async (socket, reply, confirm) => {
      try {
        const bytes = await readReplyBody(socket, reply, MAX_REPLY_BYTES, TIMEOUT_MS, signal);
        if (reply.head.status !== 200) {
          throw new GatewayError(
            'not-supported',
            `The camera's control port answers with status ${reply.head.status}.`,
          );
        }
        const answer = parseLinkieReply(bytes, command);
        confirm();
        return answer;
      } finally {
        socket.destroy();
      }
    },
  );
}
