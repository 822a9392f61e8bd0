/*
 * A page that sends a text to everybody with a tag, and shows how far it is: React, and TanStack Query. Whoever serves it
 * names its origin in Showroom's CORS_ORIGINS; a page of Showroom's own origin needs no token, its cookie signs in.
 */
import { createShowroom, type Progress, type Showroom, ValidationError } from '@showroom/sdk';
import {
  QueryClient,
  QueryClientProvider,
  experimental_streamedQuery as streamedQuery,
  useMutation,
  useQuery,
} from '@tanstack/react-query';
import { useState } from 'react';
import { createRoot } from 'react-dom/client';

const hour = 3_600_000;

function Announce({ showroom }: { showroom: Showroom }) {
  const [tag, setTag] = useState('');
  const [text, setText] = useState('');
  const tags = useQuery({
    queryKey: ['tags'],
    queryFn: ({ signal }) => showroom.tags.list.toArray({}, { signal }),
  });
  const announcement = useMutation({
    mutationFn: () =>
      showroom.mailing.create({
        text,
        tags: [tag],
        codes: [],
        start_notification_date: 'now',
        end_notification_date: new Date(Date.now() + hour),
      }),
  });

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        announcement.mutate();
      }}
    >
      <label>
        To everybody with{' '}
        <select value={tag} onChange={({ target }) => setTag(target.value)}>
          <option value="">…</option>
          {tags.data?.map(({ id, name }) => (
            <option key={id}>{name}</option>
          ))}
        </select>
      </label>
      <label>
        Text <input value={text} onChange={({ target }) => setText(target.value)} />
      </label>
      <button type="submit" disabled={!tag || announcement.isPending}>
        Send
      </button>
      {announcement.error && <p role="alert">{toWords(announcement.error)}</p>}
      {announcement.data && <HowFar showroom={showroom} id={announcement.data.id} />}
    </form>
  );
}

/** Each word of `watch` becomes the query's data; leaving the page ends it. */
function HowFar({ showroom, id }: { showroom: Showroom; id: number }) {
  const { data: progress, error } = useQuery({
    queryKey: ['mailing', id, 'progress'],
    queryFn: streamedQuery({
      streamFn: ({ signal }) => showroom.mailing.watch(id, { signal }),
      reducer: (_, latest) => latest,
      initialValue: null as Progress | null,
    }),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  if (error) return <p role="alert">{toWords(error)}</p>;
  if (!progress) return null;
  const { sent, failed, total, secondsLeft, isOver } = progress;
  return (
    <p role="status">
      <progress value={sent + failed} max={total || 1} /> {sent} of {total} sent, {failed} failed
      {isOver ? '. Done.' : secondsLeft !== null && `, ${secondsLeft} seconds left`}
    </p>
  );
}

const toWords = (error: Error) =>
  error instanceof ValidationError ? Object.values(error.fields).flat().join(' ') : error.message;

/** Shows the page in an element. */
export function start(element: HTMLElement, baseUrl: string, token?: string): void {
  const showroom = createShowroom({ baseUrl, token });
  createRoot(element).render(
    <QueryClientProvider client={new QueryClient()}>
      <Announce showroom={showroom} />
    </QueryClientProvider>,
  );
}
