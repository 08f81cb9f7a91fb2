// Patience with what may never answer.
export function within(seconds, work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${seconds} s`)), 1e3 * seconds);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
