import type { Transporter } from 'nodemailer';

export interface Letter {
  subject: string;
  text: string;
  html: string;
  attachment: { filename: string; content: Buffer };
}

export interface Mailer {
  /** @throws Error when the server does not take it */
  send(letter: Letter): Promise<void>;
  close(): void;
}

interface MailerOptions {
  /** `smtp://user:password@host:587` (STARTTLS where the server has it) or `smtps://…`. */
  smtpUrl: string;
  from: string;
  to: readonly string[];
}

const patienceMs = 20_000;

/** Who writes letters: always from and to the same. */
export function createMailer({ smtpUrl, from, to }: MailerOptions): Mailer {
  let transport: Transporter | undefined;
  async function open(): Promise<Transporter> {
    const { createTransport } = await import('nodemailer');
    return createTransport({
      url: smtpUrl,
      connectionTimeout: patienceMs,
      greetingTimeout: patienceMs,
      socketTimeout: patienceMs,
      // Whatever stands in a text, no file and no address is read for it.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }
  return {
    send: async ({ attachment, ...letter }) => {
      transport ??= await open();
      await transport.sendMail({ ...letter, from, to: [...to], attachments: [attachment] });
    },
    close: () => transport?.close(),
  };
}
