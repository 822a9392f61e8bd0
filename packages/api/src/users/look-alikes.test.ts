import { expect } from 'chai';
import { lookOf } from './look-alikes.js';

describe('names that look alike', () => {
  for (const [name, others] of [
    ['admin', ['Admin', 'ADMIN', 'ａｄｍｉｎ', 'аdmin', 'αdmin', 'adm1n', 'admln', 'admın', 'ádmin']],
    [
      'admin',
      ['adrnin', 'АDМІN', 'аԁⅿіո', 'ᴀᴅᴍɪɴ', '𝐚𝓭𝕞𝗶𝚗', 'ad\u034Fmin', 'a\u0308d\u0323min', 'admin\uFE0F', 'ad\u3164min'],
    ],
    ['admin', ['ad\u115Fmin', 'ad\u200Bmin', 'ad\u200Dmin', 'аdмin', 'ⓐⓓⓜⓘⓝ', 'adm|n', 'ađmin']],
    ['bill.O', ['BiIl.0', 'b1||.o', 'ВІLL.О', 'bǀӏl.ο', 'biⅼl.०']],
    ['root', ['rооt', 'r00t', 'ROOT', 'гoot', 'rοοt', 'røøt', 'ʀᴏᴏᴛ']],
    ['support_1', ['Support_l', 'ѕupport_I', 'suppоrт_1', 'ｓｕｐｐｏｒｔ＿１']],
    ['Иван', ['иван', 'ИВАН', 'Ивaн', 'ИBAH']],
  ] as const) {
    for (const other of others) {
      it(`are ${name} and ${JSON.stringify(other)}`, () => expect(lookOf(other)).to.equal(lookOf(name)));
    }
  }

  for (const [name, other] of [
    ['admin', 'admin2'],
    ['admin', 'админ'],
    ['admin', 'ad.min'],
    ['ivan', 'ivana'],
    ['anna', 'inna'],
    ['東京', '京東'],
    ['petr', 'pyotr'],
  ] as const) {
    it(`are not ${name} and ${other}`, () => expect(lookOf(other)).not.to.equal(lookOf(name)));
  }

  it('take no time to compare, however long', () => {
    const startedAt = performance.now();
    for (let i = 0; i < 20; i++) for (const one of ['я', 'm', '字', 'ﬃ', '\u0323']) lookOf(one.repeat(150));
    expect(performance.now() - startedAt).to.be.below(2_000);
  });
});
