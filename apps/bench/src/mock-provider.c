/*
 * The provider of the comparison: a single-threaded HTTP/1.1 server that costs next to nothing, so that what is measured
 * is who asks it. Keep-alive and pipelining; each request is answered after a fixed time with {"code":0}, or, a given
 * number of times in a thousand, with a 500. It counts requests and remembers the ids it saw.
 *
 *   mock-provider PORT LATENCY_MS FAULTS_PER_MILLE
 *
 * GET /stats answers what it saw since POST /reset, times in microseconds of CLOCK_MONOTONIC, which all processes share.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LARGEST_REQUEST 65536
#define MAX_FD 65536
#define MAX_ID (1u << 28)

typedef struct {
  char in[LARGEST_REQUEST];
  int filled;
  unsigned life;
} Connection;

/* An answer that waits for its time. All wait equally long, so they leave in the order in which they came. */
typedef struct {
  long long due;
  int fd;
  unsigned life;
  int is_fault;
} Waiting;

static Connection *connections[MAX_FD];
static Waiting *queue;
static size_t queue_size = 1 << 16, head, tail;
static unsigned char *seen;
static long long requests, distinct, faults, first_at, last_at, open_now, open_most;
static long long latency_us;
static int faults_per_mille;
static unsigned dice = 1;

static const char ok[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 25\r\n\r\n{\"code\":0,\"message\":\"OK\"}";
static const char fault[] = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n";

static long long now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (long long)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Answers are small and the peers read them: what does not fit into the socket's buffer is a bug of the harness. */
static void answer(int fd, const char *text, size_t length) {
  if (write(fd, text, length) != (ssize_t)length && errno != EPIPE && errno != ECONNRESET) {
    perror("answer");
    exit(1);
  }
}

static void answer_send(int fd, int is_fault) {
  if (is_fault) answer(fd, fault, sizeof fault - 1);
  else answer(fd, ok, sizeof ok - 1);
}

static void later(int fd, int is_fault) {
  if (tail - head == queue_size) {
    Waiting *wider = malloc(2 * queue_size * sizeof *wider);
    for (size_t i = head; i < tail; i++) wider[i - head] = queue[i % queue_size];
    free(queue);
    queue = wider;
    tail -= head;
    head = 0;
    queue_size *= 2;
  }
  queue[tail++ % queue_size] = (Waiting){now_us() + latency_us, fd, connections[fd]->life, is_fault};
}

static void saw(const char *target) {
  long long at = now_us();
  if (requests++ == 0) first_at = at;
  last_at = at;
  const char *slash = memrchr(target, '/', strcspn(target, " "));
  unsigned long id = slash ? strtoul(slash + 1, NULL, 10) : 0;
  if (id >= MAX_ID) return;
  unsigned char bit = 1 << (id & 7);
  if (!(seen[id >> 3] & bit)) distinct++;
  seen[id >> 3] |= bit;
}

static void reset(void) {
  requests = distinct = faults = first_at = last_at = open_most = 0;
  memset(seen, 0, MAX_ID / 8);
}

static void serve(int fd, const char *request) {
  char text[512], body[400];
  if (!strncmp(request, "POST /v1/send/", 14)) {
    saw(request + 5);
    dice = dice * 1103515245 + 12345;
    int is_fault = (int)((dice >> 16) % 1000) < faults_per_mille;
    faults += is_fault;
    if (latency_us) later(fd, is_fault);
    else answer_send(fd, is_fault);
    return;
  }
  if (!strncmp(request, "POST /reset", 11)) reset();
  int size = snprintf(body, sizeof body,
    "{\"requests\":%lld,\"distinct\":%lld,\"faults\":%lld,\"firstUs\":%lld,\"lastUs\":%lld,\"nowUs\":%lld,\"connections\":%lld}",
    requests, distinct, faults, first_at, last_at, now_us(), open_most);
  int length = snprintf(text, sizeof text,
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", size, body);
  answer(fd, text, length);
}

/* Gives how many bytes the first request in the buffer takes, 0 while it is not whole. */
static int request_length(Connection *c) {
  char *end = memmem(c->in, c->filled, "\r\n\r\n", 4);
  if (!end) return 0;
  int head_length = end + 4 - c->in, body_length = 0;
  for (char *line = c->in; line < end; line = (char *)memchr(line, '\n', end + 4 - line) + 1)
    if (!strncasecmp(line, "content-length:", 15)) body_length = atoi(line + 15);
  return c->filled >= head_length + body_length ? head_length + body_length : 0;
}

static void hang_up(int fd) {
  close(fd);
  connections[fd]->life++;
  open_now--;
}

static void readable(int fd) {
  Connection *c = connections[fd];
  ssize_t got = read(fd, c->in + c->filled, LARGEST_REQUEST - 1 - c->filled);
  if (got <= 0) {
    if (got < 0 && errno == EAGAIN) return;
    hang_up(fd);
    return;
  }
  c->filled += got;
  c->in[c->filled] = 0;
  for (int length; (length = request_length(c)) > 0;) {
    serve(fd, c->in);
    memmove(c->in, c->in + length, c->filled - length + 1);
    c->filled -= length;
  }
}

static void accept_all(int listener, int poll) {
  for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (fd >= MAX_FD) exit(2);
    if (!connections[fd]) connections[fd] = calloc(1, sizeof(Connection));
    connections[fd]->filled = 0;
    if (++open_now > open_most) open_most = open_now;
    epoll_ctl(poll, EPOLL_CTL_ADD, fd, &(struct epoll_event){.events = EPOLLIN, .data.fd = fd});
  }
}

int main(int count, char **values) {
  if (count != 4) return 2;
  latency_us = atoll(values[2]) * 1000;
  faults_per_mille = atoi(values[3]);
  queue = malloc(queue_size * sizeof *queue);
  seen = calloc(MAX_ID / 8, 1);
  int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), poll = epoll_create1(0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(values[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 4096)) { perror("listen"); return 1; }
  getsockname(listener, (struct sockaddr *)&address, &length);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  epoll_ctl(poll, EPOLL_CTL_ADD, listener, &(struct epoll_event){.events = EPOLLIN, .data.fd = listener});
  struct epoll_event events[256];
  for (;;) {
    int wait_ms = -1;
    if (head < tail) {
      long long left = queue[head % queue_size].due - now_us();
      wait_ms = left <= 0 ? 0 : (int)((left + 999) / 1000);
    }
    int ready = epoll_wait(poll, events, 256, wait_ms);
    for (int i = 0; i < ready; i++) {
      if (events[i].data.fd == listener) accept_all(listener, poll);
      else readable(events[i].data.fd);
    }
    for (long long at = now_us(); head < tail && queue[head % queue_size].due <= at; head++) {
      Waiting w = queue[head % queue_size];
      if (connections[w.fd]->life == w.life) answer_send(w.fd, w.is_fault);
    }
  }
}
