/*
 * Imported before everything else, this sets the clock of a process off by SHIFT_MS milliseconds: Date tells the wrong
 * time, timers and performance.now() go on as they do on a machine whose clock is wrong. With SHIFT_ON_SIGNAL the clock is
 * right until SIGUSR2 comes.
 */
// biome-ignore lint/style/noProcessEnv: nothing else may be loaded before it
const { SHIFT_MS, SHIFT_ON_SIGNAL } = process.env;
let shiftMs = SHIFT_ON_SIGNAL ? 0 : Number(SHIFT_MS);
if (SHIFT_ON_SIGNAL) {
  process.on('SIGUSR2', () => {
    shiftMs = Number(SHIFT_MS);
  });
}
const RealDate = Date;
const now = () => RealDate.now() + shiftMs;

globalThis.Date = new Proxy(RealDate, {
  get: (target, key, receiver) => (key === 'now' ? now : Reflect.get(target, key, receiver)),
  apply: () => new RealDate(now()).toString(),
  construct: (target, values, made) => Reflect.construct(target, values.length > 0 ? values : [now()], made),
});
RealDate.prototype.constructor = globalThis.Date;
