import express, { type IRouter, type Request, type RequestHandler, type Response } from 'express';
import type { ZodType } from 'zod';
import { type CameraId, isCameraId } from '../../shared/ids.ts';
import type { Action, Principal } from '../auth/principal.ts';
import { GatewayError } from '../platform/errors.ts';
import type { RequestAccess } from './access/request-access.ts';

/** JSON requests are small; pictures never come this way. */
const MAX_BODY = '64kb';

export type Call<Input, Query, Who> = {
  readonly principal: Who;
  readonly input: Input;
  readonly query: Query;
  /** What stands in the address under this name. */
  param(name: string): string;
  /** The `:id` of a route with `aboutCamera`. */
  readonly camera: CameraId;
  readonly request: Request;
  readonly response: Response;
};

export type RouteDescription = {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly path: string;
  readonly summary: string;
  /** What the caller must be allowed to do. `public` routes decide for themselves and say so in their summary. */
  readonly access: Action | 'public';
  /** `:id` is a camera, and the right is asked for that camera. */
  readonly aboutCamera?: boolean;
  readonly input?: ZodType;
  readonly query?: ZodType;
  /** Without one the answer has no body. */
  readonly output?: ZodType;
  /** 200 with a body, 204 without, unless it says otherwise. */
  readonly status?: number;
};

/** One route of the REST API: checked, documented and tested from what it says of itself. */
export type Route = RouteDescription & { handle(call: Call<unknown, unknown, Principal | undefined>): unknown };

type TypedRoute<Access, Input, Query, Output> = Omit<RouteDescription, 'access' | 'input' | 'query' | 'output'> & {
  readonly access: Access;
  readonly input?: ZodType<Input>;
  readonly query?: ZodType<Query>;
  readonly output?: ZodType<Output>;
  handle(
    call: Call<Input, Query, Access extends 'public' ? undefined : Principal>,
  ): NoInfer<Output> | Promise<NoInfer<Output>>;
};

/** Gives `handle` the types that the schemas say. */
export function defineRoute<
  const Access extends Action | 'public',
  Input = undefined,
  Query = undefined,
  Output = void,
>(route: TypedRoute<Access, Input, Query, Output>): Route {
  return route as unknown as Route;
}

/** The only way a route gets into the server, so that none can forget its check. */
export function mountRoutes(router: IRouter, routes: readonly Route[], access: RequestAccess): void {
  for (const route of routes) {
    const body = route.input ? [requireJson, express.json({ limit: MAX_BODY })] : [];
    router[route.method](route.path, checkAccess(route, access), ...body, answer(route));
  }
}

type Locals = { principal?: Principal; camera?: CameraId };

/** Before the body is read: who may not call is not listened to. */
function checkAccess(route: Route, access: RequestAccess): RequestHandler {
  return (request, response, next) => {
    const locals = response.locals as Locals;
    if (route.aboutCamera) locals.camera = cameraParam(request);
    if (route.access !== 'public') locals.principal = access(request, route.access, locals.camera);
    next();
  };
}

/** A text that is no camera's id is answered like a camera that does not exist, after the check of rights. */
function cameraParam(request: Request): CameraId {
  return String(request.params.id) as CameraId;
}

const requireJson: RequestHandler = (request, _response, next) => {
  if (!request.is('application/json')) {
    throw new GatewayError('bad-request', 'Send JSON, with Content-Type: application/json.');
  }
  next();
};

function answer(route: Route): RequestHandler {
  return async (request, response) => {
    const { principal, camera } = response.locals as Locals;
    if (camera !== undefined && !isCameraId(camera))
      throw new GatewayError('camera-not-found', 'There is no such camera.');
    const result = await route.handle({
      principal,
      camera: camera as CameraId,
      input: route.input && parse(route.input, request.body),
      query: route.query && parse(route.query, request.query),
      param: (name) => String(request.params[name]),
      request,
      response,
    });
    if (response.headersSent) return;
    response.set('cache-control', 'no-store');
    response.status(route.status ?? (route.output ? response.statusCode : 204));
    if (route.output) response.json(result);
    else response.end();
  };
}

function parse(schema: ZodType, value: unknown): unknown {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const complaints = error.issues.slice(0, 5).map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
  throw new GatewayError('bad-request', complaints.join('; '));
}
