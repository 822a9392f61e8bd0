import { STATUS_CODES } from 'node:http';
import type { Form } from '@showroom/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { hasLongList, runFor } from '../../slices.js';
import { toBrowsablePage, toPreformatted } from './browsable.js';
import { toJsonText } from './json-text.js';
import { type Rendering, typeOfForm } from './negotiation.js';

/** What the framework calls a view: what is served at one path. */
export interface View {
  /** The heading of its page, and its name in the answer to OPTIONS. */
  readonly name: string;
  /** The methods it takes, as the Allow header has them. */
  readonly allow: string;
  /** Whether strangers are let in. */
  readonly isOpen: boolean;
  /** In which forms beside JSON and a page it can be had. */
  readonly forms: readonly Form[];
}

declare module 'fastify' {
  interface FastifyContextConfig {
    view?: View;
  }
  interface FastifyRequest {
    /** What is served at the path; null where nothing is. Looked up once: a request's `routeOptions` are made at each look. */
    view: View | null;
    /** In which form the caller wants the answer. */
    rendering: Rendering;
  }
}

/** Answers in the form the request asked for, with the headers that every answer of the old service had. */
export function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  body: unknown,
): FastifyReply | Promise<FastifyReply> {
  const { view } = request;
  const vary = reply.getHeader('vary');
  reply.code(status).header('vary', vary ? [vary, 'Accept'].flat().join(', ') : 'Accept');
  if (view) reply.header('allow', view.allow);
  if (status === 204) return answerNothing(reply);
  const { format, indent } = request.rendering;
  if (body instanceof Buffer && format === 'pdf') {
    return reply.serializer(asItIs).header('content-type', typeOfForm[format]).send(body);
  }
  // What went wrong is told in JSON to whoever wanted a file.
  const isPage = format === 'api';
  const toText = () => (isPage ? toJsonText(body, 4, toPreformatted) : toJsonText(body, indent));
  const text = hasLongList(body) ? runFor(request.signal, toText) : toText();
  const send = isPage ? sendPage : sendJson;
  if (typeof text === 'string') return send(request, reply, text);
  return text.then((written) => send(request, reply, written));
}

/** With a serializer of one's own, Fastify adds no charset to the type. */
const sendJson = (_request: FastifyRequest, reply: FastifyReply, text: string | Buffer): FastifyReply =>
  reply.serializer(asItIs).header('content-type', 'application/json').send(text);

function sendPage({ view, method, url }: FastifyRequest, reply: FastifyReply, body: string | Buffer): FastifyReply {
  const { statusCode } = reply;
  const [head, tail] = toBrowsablePage({
    title: view?.name ?? '',
    request: `${method} ${url}`,
    answer: `HTTP ${statusCode} ${STATUS_CODES[statusCode]}\nAllow: ${view?.allow ?? ''}\nContent-Type: application/json`,
  });
  const page =
    typeof body === 'string' ? head + body + tail : Buffer.concat([Buffer.from(head), body, Buffer.from(tail)]);
  return reply.header('content-type', 'text/html; charset=utf-8').send(page);
}

/** Without a type; with the length, which consumers of the old service have always seen. */
function answerNothing(reply: FastifyReply): FastifyReply {
  reply.raw.setHeader('content-length', '0');
  return reply.send();
}

const asItIs = (text: string) => text;
