import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';

/** A request exactly as it goes over the wire: fetch would repair or refuse much of what these are made to try. */
export interface RawRequest {
  method: string;
  /** With the query, from the slash on; encoded or not. */
  path: string;
  headers: Record<string, string>;
  body?: Buffer;
}

export interface RawAnswer {
  status: number;
  contentType: string | null;
  text: string;
}

export type RawClient = ReturnType<typeof createRawClient>;

/** Sends one request after the other, over the same connection while that lasts; no answer is a failure. */
export function createRawClient(origin: string, { timeoutMs }: { timeoutMs: number }) {
  const { hostname, port } = new URL(origin);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });

  async function send(raw: RawRequest): Promise<RawAnswer> {
    const { method, path, headers, body } = raw;
    const lengthOf = body && { 'content-length': String(body.length) };
    const sent = request({ agent, hostname, port, method, path, headers: { ...headers, ...lengthOf } });
    const timer = setTimeout(() => sent.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    sent.end(body);
    try {
      return await receive(sent);
    } catch (error) {
      // The server had closed the connection after the answer before, and nothing was sent at all.
      if (sent.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET') return send(raw);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    send,
    /** How many requests are still waiting for an answer. */
    waiting: () => Object.values({ ...agent.sockets, ...agent.requests }).flat().length,
    close: () => agent.destroy(),
  };
}

async function receive(sent: ClientRequest): Promise<RawAnswer> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    sent.on('response', resolve);
    sent.on('error', reject); // also after the response, when the server did not wait for the end of the body
  });
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return {
    status: answer.statusCode!,
    contentType: answer.headers['content-type'] ?? null,
    text: Buffer.concat(chunks).toString(),
  };
}

/** The request as a line for the shell; what repeats itself is written once, with how often. */
export function toCurl({ method, path, headers, body }: RawRequest, origin: string): string {
  const options = Object.entries(headers).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`);
  const data = body ? [`--data-binary ${quote(body.toString('latin1'))}`] : [];
  return ['curl', '--path-as-is', '-X', method, ...options, ...data, quote(`${origin}${path}`)].join(' ');
}

const repeated = /(.{1,8}?)\1{30,}/gs;

function quote(text: string): string {
  const short = text.replace(repeated, (all, unit: string) => `${unit}⟨×${all.length / unit.length}⟩`);
  if (/^[\x20-\x7e⟨×⟩]*$/.test(short) && !short.includes("'")) return `'${short}'`;
  const escaped = short.replace(/['\\]/g, '\\$&').replace(/[^\x20-\x7e⟨×⟩]/g, toEscape);
  return `$'${escaped}'`;
}

const toEscape = (character: string) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
