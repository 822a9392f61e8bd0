/** What a page of the browsable API shows. */
interface Shown {
  readonly title: string;
  readonly request: string;
  readonly answer: string;
  readonly body: string;
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => entities[character]!);

/** Addresses in a body become links, so that a person can follow a list page by page. */
const withLinks = (html: string) => html.replace(/&quot;(https?:\/\/[^\s&]*(?:&amp;[^\s&]*)*)&quot;/g, toLink);
const toLink = (_: string, address: string) => `&quot;<a href="${address}">${address}</a>&quot;`;

/**
 * The answer as a page for a person in a browser, who asks for HTML: the browsable API, in short. What can be tried is
 * tried in Swagger UI, to which it leads.
 */
export const toBrowsablePage = ({ title, request, answer, body }: Shown): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${escapeHtml(title)} – Showroom API</title>
  </head>
  <body style="font-family: system-ui, sans-serif; margin: 2em; max-width: 70em">
    <nav><a href="/api/v1/">Api Root</a> · <a href="/swagger/">Try it in Swagger UI</a></nav>
    <h1>${escapeHtml(title)}</h1>
    <p><b>${escapeHtml(request)}</b></p>
    <pre style="background: #f5f5f5; padding: 1em; overflow: auto">${escapeHtml(answer)}

${withLinks(escapeHtml(body))}</pre>
  </body>
</html>
`;
