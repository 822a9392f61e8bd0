import { expect } from 'chai';
import { withDeadline } from './deadline.js';

describe('a deadline', () => {
  const never = () => new Promise<never>(() => {});
  const tell = (work: Promise<unknown>) => work.then(String, (error: Error) => error.message);

  it('gives what comes in time, and an error for what does not', async () => {
    expect(await withDeadline(1_000, async () => 7)()).to.equal(7);
    expect(await tell(withDeadline(10, never)())).to.equal('no answer within 10 ms');
    const fails = withDeadline(1_000, () => Promise.reject(new Error('refused')));
    expect(await tell(fails())).to.equal('refused');
  });

  it('does not look again while a look is on its way, and looks anew after it', async () => {
    let looks = 0;
    let finish = (_: string) => {};
    const look = withDeadline(20, () => {
      looks += 1;
      return new Promise<string>((resolve) => {
        finish = resolve;
      });
    });
    expect(await Promise.all([tell(look()), tell(look())])).to.deep.equal(Array(2).fill('no answer within 20 ms'));
    expect(await tell(look())).to.equal('no answer within 20 ms');
    expect(looks).to.equal(1);
    finish('late');
    await Promise.resolve();
    const again = look();
    expect(looks).to.equal(2);
    finish('in time');
    expect(await again).to.equal('in time');
  });
});
