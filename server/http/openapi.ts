import * as z from 'zod';
import { errorBody } from '../../shared/api.ts';
import { httpStatus } from '../../shared/error-code.ts';
import type { MediaRoute } from './media/media-routes.ts';
import type { RouteDescription } from './route.ts';

type Json = Record<string, unknown>;

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return json;
}

/** `/api/cameras/:id` is `/api/cameras/{id}` there; a wildcard is one parameter. */
export function openApiPath(path: string): string {
  return path.replace(/\{?\*(\w+)\}?/g, '{$1}').replace(/:(\w+)/g, '{$1}');
}

function pathParameters(path: string): Json[] {
  return [...openApiPath(path).matchAll(/\{(\w+)\}/g)].map(([, name]) => {
    return { name, in: 'path', required: true, schema: { type: 'string' } };
  });
}

function queryParameters(query: z.ZodType | undefined): Json[] {
  if (!query) return [];
  const { properties = {}, required = [] } = schemaOf(query, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, schema]) => {
    return { name, in: 'query', required: required.includes(name), schema };
  });
}

function success(route: RouteDescription): Json {
  const status = route.status ?? (route.output ? 200 : 204);
  const content = route.output && { 'application/json': { schema: schemaOf(route.output, 'output') } };
  return { [status]: { description: 'Done.', ...(content && { content }) } };
}

const FAILURE = {
  description: 'Refused or failed.',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
};

function describe(route: RouteDescription): Json {
  const body = route.input && { 'application/json': { schema: schemaOf(route.input, 'input') } };
  return {
    summary: route.summary,
    parameters: [...pathParameters(route.path), ...queryParameters(route.query)],
    ...(body && { requestBody: { required: true, content: body } }),
    ...(route.access === 'public' ? { security: [] } : { 'x-needs': route.access }),
    responses: { ...success(route), default: FAILURE },
  };
}

function describeMedia(route: MediaRoute): Json {
  const content = { [route.contentType]: {} };
  const body = route.takes && {
    requestBody: { required: true, content: { [route.takes]: { schema: { type: 'string' } } } },
  };
  return {
    summary: route.summary,
    parameters: pathParameters(route.path),
    ...body,
    'x-needs': route.access,
    responses: { [route.status ?? 200]: { description: 'Done.', content }, default: FAILURE },
  };
}

/** The API's description, made from the schemas that the routes check with. */
export function openApiDocument(
  routes: readonly RouteDescription[],
  mediaRoutes: readonly MediaRoute[],
  version: string,
): Json {
  const paths: Record<string, Json> = {};
  const add = (path: string, method: string, description: Json): void => {
    const known = paths[openApiPath(path)] ?? {};
    paths[openApiPath(path)] = { ...known, [method]: description };
  };
  for (const route of routes) add(route.path, route.method, describe(route));
  for (const route of mediaRoutes) add(route.path, route.method, describeMedia(route));
  return {
    openapi: '3.1.0',
    info: { title: 'Oriel', version, description: 'All times are milliseconds since 1970, in UTC.' },
    security: [{ session: [] }, { bearer: [] }, { token: [] }],
    paths,
    components: {
      schemas: { Error: schemaOf(errorBody, 'output') },
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'oriel_session' },
        bearer: { type: 'http', scheme: 'bearer' },
        token: { type: 'apiKey', in: 'query', name: 'token' },
      },
    },
    'x-status-of-code': Object.fromEntries(
      errorBody.shape.error.shape.code.options.map((code) => [code, httpStatus(code)]),
    ),
  };
}
