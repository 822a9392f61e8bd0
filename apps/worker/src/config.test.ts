import { ConfigError } from '@showroom/app';
import { expect } from 'chai';
import { parseConfig } from './config.js';

const needed = { DATABASE_URL: 'postgres://localhost/showroom', PROVIDER_URL: 'https://provider.example' };

describe('worker config', () => {
  it('keeps everything, writes to nobody and listens nowhere when nothing is set', () => {
    const { retention, report, watch, metricsAccess, keptJobs, drainMs, isTraced } = parseConfig(needed);
    expect(retention).to.deep.equal({ messagesDays: null, eventsDays: null, auditDays: null });
    expect(report).to.equal(null);
    expect(watch).to.equal(null);
    expect(isTraced).to.equal(false);
    expect(metricsAccess).to.deep.equal({ from: 'local', token: undefined });
    expect(keptJobs).to.deep.equal({ atMost: 1_000, forMs: 86_400_000 });
    expect(drainMs, 'the time-out of the provider, and a little to write it down').to.equal(12_000);
  });

  it('reads what is set', () => {
    const config = parseConfig({
      ...needed,
      KEEP_MESSAGES_DAYS: '365',
      KEEP_ATTEMPTS_DAYS: '90',
      KEEP_AUDIT_DAYS: '730',
      SMTP_URL: 'smtps://app:secret@mail.example.com',
      REPORT_TO: 'ops@example.com, boss@example.com',
      REPORT_CRON: '30 7 * * 1-5',
      REPORT_TIMEZONE: 'Europe/Moscow',
      WATCH_HOST: '0.0.0.0',
      WATCH_PORT: '8007',
      METRICS_ACCESS: 'open',
      DRAIN_SECONDS: '60',
      JOBS_KEEP: '0',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
    });
    expect(config.retention).to.deep.equal({ messagesDays: 365, eventsDays: 90, auditDays: 730 });
    expect(config.report).to.deep.equal({
      smtpUrl: 'smtps://app:secret@mail.example.com',
      to: ['ops@example.com', 'boss@example.com'],
      from: 'showroom@localhost.localdomain',
      cron: '30 7 * * 1-5',
      timezone: 'Europe/Moscow',
    });
    expect(config.watch).to.deep.equal({ host: '0.0.0.0', port: 8_007 });
    expect(config).to.deep.include({ drainMs: 60_000, isTraced: true, keptJobs: { atMost: 0, forMs: 86_400_000 } });
  });

  const letters = { SMTP_URL: 'smtp://mail.example.com', REPORT_TO: 'ops@example.com' };
  for (const [name, environment] of [
    ['REPORT_TO', { SMTP_URL: 'smtp://mail.example.com' }],
    ['SMTP_URL', { REPORT_TO: 'ops@example.com' }],
    ['SMTP_URL', { ...letters, SMTP_URL: 'mail.example.com' }],
    ['REPORT_TO', { ...letters, REPORT_TO: 'ops' }],
    ['REPORT_CRON', { ...letters, REPORT_CRON: 'every day' }],
    ['REPORT_CRON', { ...letters, REPORT_CRON: '61 6 * * *' }],
    ['REPORT_TIMEZONE', { ...letters, REPORT_TIMEZONE: 'Moscow' }],
    ['REPORT_TIMEZONE', { ...letters, REPORT_TIMEZONE: 'IST' }],
    ['REPORT_TIMEZONE', { ...letters, REPORT_TIMEZONE: '+03:00' }],
    ['KEEP_MESSAGES_DAYS', { KEEP_MESSAGES_DAYS: '0' }],
    ['METRICS_ACCESS', { METRICS_ACCESS: 'everybody' }],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }],
  ] as const) {
    it(`says in a sentence what is wrong with ${JSON.stringify(environment)}`, () => {
      expect(() => parseConfig({ ...needed, ...environment })).to.throw(ConfigError, new RegExp(name));
    });
  }
});
